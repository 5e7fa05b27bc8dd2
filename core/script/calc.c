/* Arithmetic and comparisons: the small programs that the rewriter makes of them.
 *
 * Integers stay integers where Lua's would and become decimals where Lua's would wrap around.
 */
#include "script/rewrite.h"
#include "script/state.h"

#include "base/decimal.h"
#include "base/text.h"

#include <lauxlib.h>
#include <math.h>
#include <string.h>

void kh_value_get(lua_State *L, int index, kh_value *out)
{
    const kh_decimal *decimal = lua_touserdata(L, index);
    if (decimal && lua_getmetatable(L, index)) {
        bool ours = lua_topointer(L, -1) == kh_state(L)->number_meta;
        lua_pop(L, 1);
        if (ours) {
            out->kind = VALUE_DECIMAL;
            out->decimal = *decimal;
            return;
        }
    }
    int type = lua_type(L, index);
    out->index = index;
    if (type == LUA_TNUMBER && lua_isinteger(L, index)) {
        out->kind = VALUE_WHOLE;
        out->whole = lua_tointeger(L, index);
    } else if (type == LUA_TNUMBER) {
        lua_Number x = lua_tonumber(L, index);
        bool whole = fabs(x) < 9007199254740992.0 && floor(x) == x;
        out->kind = whole ? VALUE_WHOLE : VALUE_FRACTION;
        if (whole) out->whole = (int64_t)x;
    } else {
        out->kind = type == LUA_TNIL || type == LUA_TNONE ? VALUE_ABSENT : VALUE_OTHER;
    }
}

void kh_value_push(lua_State *L, const kh_value *value)
{
    switch (value->kind) {
    case VALUE_WHOLE: lua_pushinteger(L, value->whole); break;
    case VALUE_DECIMAL: kh_number_push(L, value->decimal); break;
    case VALUE_TRUTH: lua_pushboolean(L, value->whole != 0); break;
    default: lua_pushnil(L);
    }
}

kh_decimal kh_value_decimal(const kh_value *value)
{
    if (value->kind == VALUE_DECIMAL) return value->decimal;
    return value->kind == VALUE_WHOLE ? kh_dec_int(value->whole) : KH_ABSENT;
}

int kh_value_compare(const kh_value *left, const kh_value *right)
{
    if (left->kind == VALUE_WHOLE && right->kind == VALUE_WHOLE) {
        return (left->whole > right->whole) - (left->whole < right->whole);
    }
    return kh_dec_cmp(kh_value_decimal(left), kh_value_decimal(right));
}

/* Floor division and its rest; absent by zero and where 38 digits are not enough to be exact. */
static kh_decimal divide_floor(kh_decimal a, kh_decimal b, bool want_rest)
{
    int places = kh_dec_places(a), more = kh_dec_places(b);
    kh_int128 x, y;
    if (places < more) places = more;
    if (kh_dec_to_scaled(&x, a, places, NULL) < 0 || kh_dec_to_scaled(&y, b, places, NULL) < 0 ||
        y == 0) {
        return KH_ABSENT;
    }
    kh_int128 quotient = x / y, rest = x % y;
    if (rest != 0 && (rest < 0) != (y < 0)) {
        quotient--;
        rest += y;
    }
    return want_rest ? kh_dec_from_scaled(rest, places) : kh_dec_from_scaled(quotient, 0);
}

static bool apply_whole(kh_value *left, int64_t b, kh_opcode op)
{
    int64_t a = left->whole, result;
    switch (op) {
    case KH_STEP_ADD:
        if (__builtin_add_overflow(a, b, &result)) return false;
        break;
    case KH_STEP_SUB:
        if (__builtin_sub_overflow(a, b, &result)) return false;
        break;
    case KH_STEP_MUL:
        if (__builtin_mul_overflow(a, b, &result)) return false;
        break;
    case KH_STEP_IDIV:
    case KH_STEP_MOD:
        if (b == 0 || b == -1) return false; /* -1: the one quotient that does not fit */
        result = op == KH_STEP_IDIV ? a / b : a % b;
        if (a % b != 0 && (a % b < 0) != (b < 0)) result += op == KH_STEP_IDIV ? -1 : b;
        break;
    default: return false;
    }
    left->whole = result;
    return true;
}

void kh_value_apply(kh_value *left, const kh_value *right, kh_opcode op)
{
    if (left->kind == VALUE_WHOLE && right->kind == VALUE_WHOLE &&
        apply_whole(left, right->whole, op)) {
        return;
    }
    kh_decimal a = kh_value_decimal(left), b = kh_value_decimal(right);
    int64_t power;
    switch (op) {
    case KH_STEP_ADD: a = kh_dec_add(a, b); break;
    case KH_STEP_SUB: a = kh_dec_sub(a, b); break;
    case KH_STEP_MUL: a = kh_dec_mul(a, b); break;
    case KH_STEP_DIV: a = kh_dec_div(a, b); break;
    case KH_STEP_IDIV: a = divide_floor(a, b, false); break;
    case KH_STEP_MOD: a = divide_floor(a, b, true); break;
    default: a = kh_dec_to_int(&power, b) ? kh_dec_power(a, power) : KH_ABSENT;
    }
    left->decimal = a;
    left->kind = kh_is_absent(a) ? VALUE_ABSENT : VALUE_DECIMAL;
}

/* ---- errors that name what the user wrote --------------------------------------------------- */

/* A text in quotes, cut to one short line. */
static void quote_text(const char *text, size_t length, char out[80])
{
    const char *at = text, *end = text + length;
    while (at < end && at - text < 60 && (unsigned char)*at >= ' ') kh_utf8_next(&at, end);
    snprintf(out, 80, "'%.*s%s'", (int)(at - text), text, at < end ? "..." : "");
}

static void quote(const kh_syntax *syntax, uint32_t from, uint32_t to, char out[80])
{
    quote_text(syntax->source + from, to - from, out);
}

const char *kh_value_name(lua_State *L, int index)
{
    kh_value value;
    kh_value_get(L, index, &value);
    switch (lua_type(L, index)) {
    case LUA_TNONE:
    case LUA_TNIL: return kh_tr("absent (nil)");
    case LUA_TBOOLEAN: return kh_tr("true or false");
    case LUA_TNUMBER:
        return value.kind == VALUE_FRACTION ? kh_tr("a binary fraction") : kh_tr("a number");
    case LUA_TSTRING: return kh_tr("a text");
    case LUA_TTABLE: return kh_tr("a table");
    case LUA_TFUNCTION: return kh_tr("a function");
    default: return value.kind == VALUE_DECIMAL ? kh_tr("a number") : kh_tr("an object");
    }
}

bool kh_value_is_operand(lua_State *L, int index)
{
    kh_value value;
    kh_value_get(L, lua_absindex(L, index), &value);
    return value.kind <= VALUE_DECIMAL;
}

static void describe(lua_State *L, const kh_value *value, char out[96])
{
    char number[KH_DECIMAL_TEXT], quoted[80];
    if (value->kind == VALUE_WHOLE || value->kind == VALUE_DECIMAL) {
        kh_dec_format(number, kh_value_decimal(value), KH_PLACES_OWN, false);
        snprintf(out, 96, "%s", number);
    } else if (value->kind == VALUE_ABSENT || value->kind == VALUE_TRUTH) {
        snprintf(out, 96, "%s",
                 value->kind == VALUE_ABSENT ? kh_tr("absent (nil)") : kh_tr("true or false"));
    } else if (lua_type(L, value->index) == LUA_TSTRING) {
        size_t length;
        const char *text = lua_tolstring(L, value->index, &length);
        quote_text(text, length, quoted);
        snprintf(out, 96, kh_tr("the text %s"), quoted);
    } else {
        snprintf(out, 96, "%s", kh_value_name(L, value->index));
    }
}

static _Noreturn void fail_operand(lua_State *L, const kh_syntax *syntax,
                                   const kh_syntax_step *step, const kh_value *value, bool is_left)
{
    char name[80], kind[96], text[400];
    quote(syntax, is_left ? step->left : step->right, is_left ? step->left_end : step->right_end,
          name);
    describe(L, value, kind);
    bool is_text = value->kind == VALUE_OTHER && lua_type(L, value->index) == LUA_TSTRING;
    bool bits = step->op == KH_STEP_BNOT || (step->op >= KH_STEP_BAND && step->op <= KH_STEP_SHR);
    snprintf(text, sizeof text,
             bits ? kh_tr("%s is %s, not a whole number%s") : kh_tr("%s is %s, not a number%s"),
             name, kind, is_text ? kh_tr("; dec(...) reads the number in a text") : "");
    if (value->kind == VALUE_FRACTION) {
        snprintf(text, sizeof text,
                 kh_tr("a binary fraction reached a calculation through %s; give it as a decimal, "
                       "like 0.1 or dec(\"0.1\")"),
                 name);
    }
    kh_script_raise(L, syntax, step->line, text);
}

static _Noreturn void fail_order(lua_State *L, const kh_syntax *syntax, const kh_syntax_step *step,
                                 const kh_value *left, const kh_value *right)
{
    char name[80], other[80], kind[96], other_kind[96], text[400];
    bool left_absent = left->kind == VALUE_ABSENT;
    quote(syntax, step->left, step->left_end, name);
    quote(syntax, step->right, step->right_end, other);
    if (left_absent || right->kind == VALUE_ABSENT) {
        const char *absent = left_absent ? name : other;
        int length = (int)strlen(absent) - 2; /* without the quotes */
        snprintf(text, sizeof text,
                 kh_tr("%s is absent (nil) and has no order; write (%.*s or 0), or test "
                       "'%.*s ~= nil' first"),
                 absent, length, absent + 1, length, absent + 1);
    } else {
        describe(L, left, kind);
        describe(L, right, other_kind);
        snprintf(text, sizeof text, kh_tr("%s is %s and %s is %s: these two have no order"), name,
                 kind, other, other_kind);
    }
    kh_script_raise(L, syntax, step->line, text);
}

/* ---- running ------------------------------------------------------------------------------- */

static bool is_number(const kh_value *value)
{
    return value->kind == VALUE_WHOLE || value->kind == VALUE_DECIMAL;
}

static bool is_operand(const kh_value *value)
{
    return value->kind <= VALUE_DECIMAL;
}

static void apply_bits(lua_State *L, const kh_syntax *syntax, const kh_syntax_step *step,
                       kh_value *left, const kh_value *right)
{
    static const int operators[] = {LUA_OPBAND, LUA_OPBOR, LUA_OPBXOR, LUA_OPSHL, LUA_OPSHR};
    bool unary = step->op == KH_STEP_BNOT;
    int64_t a = 0, b = 0;
    if (!unary && left->kind != VALUE_ABSENT && !kh_dec_to_int(&a, kh_value_decimal(left))) {
        fail_operand(L, syntax, step, left, true);
    }
    if (right->kind != VALUE_ABSENT && !kh_dec_to_int(&b, kh_value_decimal(right))) {
        fail_operand(L, syntax, step, right, false);
    }
    if (left->kind == VALUE_ABSENT || right->kind == VALUE_ABSENT) {
        left->kind = VALUE_ABSENT;
        return;
    }
    if (!unary) lua_pushinteger(L, a);
    lua_pushinteger(L, b);
    lua_arith(L, unary ? LUA_OPBNOT : operators[step->op - KH_STEP_BAND]);
    left->whole = lua_tointeger(L, -1);
    left->kind = VALUE_WHOLE;
    lua_pop(L, 1);
}

/* Bytes that comparing two texts may have to look at. */
static size_t shorter_text(lua_State *L, const kh_value *left, const kh_value *right)
{
    if (lua_type(L, left->index) != LUA_TSTRING || lua_type(L, right->index) != LUA_TSTRING) {
        return 0;
    }
    size_t a = lua_rawlen(L, left->index), b = lua_rawlen(L, right->index);
    return a < b ? a : b;
}

static bool is_equal(lua_State *L, const kh_syntax *syntax, const kh_syntax_step *step,
                     const kh_value *left, const kh_value *right)
{
    if (is_number(left) && is_number(right)) return kh_value_compare(left, right) == 0;
    if (left->kind == VALUE_FRACTION) fail_operand(L, syntax, step, left, true);
    if (right->kind == VALUE_FRACTION) fail_operand(L, syntax, step, right, false);
    if (left->kind != right->kind) return false;
    if (left->kind == VALUE_ABSENT) return true;
    kh_script_charge(L, shorter_text(L, left, right) / 64);
    return lua_rawequal(L, left->index, right->index);
}

static bool is_before(lua_State *L, const kh_syntax *syntax, const kh_syntax_step *step,
                      const kh_value *left, const kh_value *right)
{
    bool swap = step->op == KH_STEP_GT || step->op == KH_STEP_GE;
    bool or_equal = step->op == KH_STEP_LE || step->op == KH_STEP_GE;
    if (is_number(left) && is_number(right)) {
        int order = kh_value_compare(left, right);
        return (or_equal && order == 0) || (swap ? order > 0 : order < 0);
    }
    if (left->kind != VALUE_OTHER || right->kind != VALUE_OTHER ||
        lua_type(L, left->index) != LUA_TSTRING || lua_type(L, right->index) != LUA_TSTRING) {
        fail_order(L, syntax, step, left, right);
    }
    kh_script_charge(L, shorter_text(L, left, right) / 8);
    return lua_compare(L, swap ? right->index : left->index, swap ? left->index : right->index,
                       or_equal ? LUA_OPLE : LUA_OPLT);
}

static void run_step(lua_State *L, const kh_syntax *syntax, const kh_syntax_step *step,
                     kh_value *left, const kh_value *right)
{
    if (step->op >= KH_STEP_EQ && step->op <= KH_STEP_GE) {
        left->whole = step->op <= KH_STEP_NE
                          ? is_equal(L, syntax, step, left, right) == (step->op == KH_STEP_EQ)
                          : is_before(L, syntax, step, left, right);
        left->kind = VALUE_TRUTH;
        return;
    }
    if (!is_operand(left)) fail_operand(L, syntax, step, left, true);
    if (!is_operand(right)) fail_operand(L, syntax, step, right, false);
    if (step->op >= KH_STEP_BAND) {
        apply_bits(L, syntax, step, left, right);
    } else if (step->op == KH_STEP_POW && right->kind == VALUE_DECIMAL &&
               kh_dec_cmp(kh_dec_floor(right->decimal, 0), right->decimal) != 0) {
        char name[80], text[200];
        quote(syntax, step->right, step->right_end, name);
        snprintf(text, sizeof text, kh_tr("the power %s is not a whole number"), name);
        kh_script_raise(L, syntax, step->line, text);
    } else {
        kh_value_apply(left, right, (kh_opcode)step->op);
    }
}

/* The short way for what formulas nearly always do; false when it is something else. */
static inline bool apply_decimals(kh_value *left, const kh_value *right, kh_opcode op)
{
    if (left->kind != VALUE_DECIMAL || right->kind != VALUE_DECIMAL) return false;
    switch (op) {
    case KH_STEP_ADD: left->decimal = kh_dec_add(left->decimal, right->decimal); break;
    case KH_STEP_SUB: left->decimal = kh_dec_sub(left->decimal, right->decimal); break;
    case KH_STEP_MUL: left->decimal = kh_dec_mul(left->decimal, right->decimal); break;
    case KH_STEP_DIV: left->decimal = kh_dec_div(left->decimal, right->decimal); break;
    default: return false;
    }
    if (kh_is_absent(left->decimal)) left->kind = VALUE_ABSENT;
    return true;
}

/* The result as a key of a table or a bound of a numeric `for`. */
static int push_whole(lua_State *L, const kh_syntax *syntax, const kh_syntax_step *step,
                      const kh_value *value)
{
    int64_t whole = 0;
    bool key = step->op == KH_STEP_KEY;
    if (value->kind == VALUE_DECIMAL && kh_dec_to_int(&whole, value->decimal)) {
        lua_pushinteger(L, whole);
    } else if (value->kind == VALUE_WHOLE) {
        lua_pushinteger(L, value->whole);
    } else if (key && value->kind == VALUE_OTHER) {
        kh_script_charge(L, lua_rawlen(L, value->index) / 64); /* of a text */
        lua_pushvalue(L, value->index);
    } else if (key && (value->kind == VALUE_ABSENT || value->kind == VALUE_TRUTH)) {
        kh_value_push(L, value);
    } else {
        char name[80], kind[96], text[256];
        quote(syntax, step->left, step->left_end, name);
        describe(L, value, kind);
        snprintf(text, sizeof text, kh_tr("%s is %s, but %s must be whole"), name, kind,
                 key ? kh_tr("a number used as a key") : kh_tr("the bounds of a 'for'"));
        kh_script_raise(L, syntax, step->line, text);
    }
    return 1;
}

static inline int operand_count(int op)
{
    switch (op) {
    case KH_STEP_ARGUMENT:
    case KH_STEP_NUMBER: return 0;
    case KH_STEP_NEG:
    case KH_STEP_BNOT:
    case KH_STEP_END:
    case KH_STEP_KEY:
    case KH_STEP_BOUND: return 1;
    default: return 2;
    }
}

/* __kh_calc(first step, argument...) */
static int run_program(lua_State *L)
{
    const kh_syntax *syntax = lua_touserdata(L, lua_upvalueindex(1));
    const kh_syntax_step *step = &syntax->steps[lua_tointeger(L, 1)];
    kh_value stack[2 * KH_NODE_SIZE], *top = stack; /* `top` is the first free one */
    for (;; step++) {
        /* A program pushes what it takes: the parser makes no other. */
        long have = top - stack, takes = operand_count(step->op);
        if (have < takes) __builtin_unreachable();
        switch ((kh_opcode)step->op) {
        case KH_STEP_ARGUMENT: kh_value_get(L, step->argument + 1, top++); break;
        case KH_STEP_NUMBER: {
            const kh_syntax_constant *constant = &syntax->constants[step->number];
            top->kind = constant->whole ? VALUE_WHOLE : VALUE_DECIMAL;
            top->whole = constant->integer;
            top->decimal = constant->decimal;
            top++;
            break;
        }
        case KH_STEP_NEG:
        case KH_STEP_BNOT: {
            kh_value operand = top[-1], zero = {.kind = VALUE_WHOLE};
            top[-1] = zero;
            if (!is_operand(&operand)) fail_operand(L, syntax, step, &operand, false);
            if (step->op == KH_STEP_BNOT) {
                apply_bits(L, syntax, step, &top[-1], &operand);
            } else if (operand.kind == VALUE_DECIMAL) {
                top[-1] = operand;
                top[-1].decimal = kh_dec_neg(operand.decimal);
            } else {
                kh_value_apply(&top[-1], &operand, KH_STEP_SUB);
            }
            break;
        }
        case KH_STEP_END: kh_value_push(L, &top[-1]); return 1;
        case KH_STEP_KEY:
        case KH_STEP_BOUND: return push_whole(L, syntax, step, &top[-1]);
        default:
            top--;
            if (!apply_decimals(&top[-1], top, (kh_opcode)step->op)) {
                run_step(L, syntax, step, &top[-1], top);
            }
        }
    }
}

/* __kh_rest(...): calls that pass on what they got could copy without end. */
static int run_rest(lua_State *L)
{
    int count = lua_gettop(L);
    if (count > 1000) return kh_script_fail(L, "a function got more than 1000 values as '...'");
    kh_script_charge(L, (size_t)count / 4);
    return count;
}

/* __kh_text(value, from, to): an operand of `..` as a text. A metamethod __concat would do the same,
 * but liblua 5.4.4 writes to a stale stack when the stack moves inside of one (luaV_concat). */
static int run_text(lua_State *L)
{
    if (lua_type(L, 1) == LUA_TSTRING) return lua_settop(L, 1), 1;
    if (kh_value_is_operand(L, 1) && !lua_isnil(L, 1)) return kh_library_text(L, 1, NULL), 1;
    const kh_syntax *syntax = lua_touserdata(L, lua_upvalueindex(1));
    char name[80], kind[96];
    kh_value value;
    quote(syntax, (uint32_t)lua_tointeger(L, 2), (uint32_t)lua_tointeger(L, 3), name);
    kh_value_get(L, 1, &value);
    if (value.kind == VALUE_ABSENT) {
        lua_pushlstring(L, name + 1, strlen(name) - 2); /* without the quotes */
        return kh_script_fail(L,
                              "%s is absent (nil) and stands beside '..'; write (%s or '') to "
                              "leave it out",
                              name, lua_tostring(L, -1));
    }
    describe(L, &value, kind);
    return kh_script_fail(L, "%s is %s; only texts and numbers can be joined with '..'", name,
                          kind);
}

void kh_calc_push(lua_State *L, const kh_syntax *syntax)
{
    lua_pushlightuserdata(L, (void *)(uintptr_t)syntax);
    lua_pushcclosure(L, run_program, 1);
    lua_pushcfunction(L, run_rest);
    lua_pushlightuserdata(L, (void *)(uintptr_t)syntax);
    lua_pushcclosure(L, run_text, 1);
}
