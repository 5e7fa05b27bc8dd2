# Counts tests in CTest's log: Criterion's synthesis lines, and "N passed, N failed" of scripts.
/Synthesis: Tested:/ {
    gsub(/\033\[[0-9;]*m/, "")
    for (i = 1; i < NF; i++) {
        if ($i == "Passing:") passed += $(i + 1)
        if ($i == "Failing:") failed += $(i + 1)
    }
}
/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 }
END { print passed + 0, failed + 0 }
