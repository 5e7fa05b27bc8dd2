# A plain CSV file as the SQL that makes the same table; types are found by looking at all values.
# usage: awk -v kind=sqlite|postgres|mariadb|lua -v table=NAME -f tables.awk FILE FILE
# sqlite keeps amounts as whole numbers; kind=lua prints the options that say so.
BEGIN { FS = "," }

FNR == 1 {
    pass++
    if (pass == 1) {
        columns = NF
        for (i = 1; i <= NF; i++) {
            name[i] = $i
            type[i] = "none"
        }
    } else {
        begin()
    }
    next
}

# The narrowest of date, whole, decimal and text that all values are.
pass == 1 {
    for (i = 1; i <= columns; i++) {
        if ($i == "") continue
        is = "text"
        if ($i ~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$/) is = "date"
        else if ($i ~ /^(0|-?[1-9][0-9]*)$/) is = "whole"
        else if ($i ~ /^-?[0-9]+\.[0-9]+$/) {
            is = "decimal"
            n = length($i) - index($i, ".")
            if (n > places[i]) places[i] = n
        }
        if (type[i] == "none" || (type[i] == "whole" && is == "decimal")) type[i] = is
        else if (type[i] != is && !(type[i] == "decimal" && is == "whole")) type[i] = "text"
    }
    next
}

{
    line = ""
    for (i = 1; i <= columns; i++) line = line (i > 1 ? "," : "") value(i, $i)
    if (kind != "lua") printf "%s(%s)", rows++ % 200 ? "," : (rows > 1 ? ";\n" insert : insert), line
}

END {
    if (kind == "lua") {
        for (i = 1; i <= columns; i++) {
            if (type[i] == "decimal") printf "%s%s = %d", scales++ ? ", " : "", name[i], places[i]
        }
    } else if (rows) {
        print ";"
    }
}

function quoted(text) { return kind == "mariadb" ? "`" text "`" : "\"" text "\"" }

function begin(   out) {
    insert = "INSERT INTO " quoted(table) " VALUES "
    out = "CREATE TABLE " quoted(table) " ("
    for (i = 1; i <= columns; i++) out = out (i > 1 ? ", " : "") quoted(name[i]) " " sql_type(i)
    if (kind != "lua") print out ")" (kind == "mariadb" ? " CHARACTER SET utf8mb4" : "") ";"
}

function sql_type(i) {
    if (type[i] == "date") return kind == "sqlite" ? "TEXT" : "DATE"
    if (type[i] == "whole") return kind == "sqlite" ? "INTEGER" : "BIGINT"
    if (type[i] == "decimal") return kind == "sqlite" ? "INTEGER" : "DECIMAL(20," places[i] ")"
    return kind == "sqlite" ? "TEXT" : "VARCHAR(200)"
}

function value(i, text,   n) {
    if (text == "") return "NULL"
    if (type[i] == "whole") return text
    if (type[i] == "decimal") {
        if (kind != "sqlite") return text
        n = index(text, ".") ? length(text) - index(text, ".") : 0
        sub(/\./, "", text)
        while (n++ < places[i]) text = text "0"
        sub(/^-0+/, "-", text)
        sub(/^0+/, "", text)
        return text ~ /^-?$/ ? "0" : text
    }
    return "'" text "'"
}
