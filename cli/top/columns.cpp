#include "cli/top/columns.hpp"

#include "cli/render/columns.hpp"
#include "common/domain/decimal.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace vault::top {
namespace {

constexpr int kPlaces = 2;
constexpr int kFinePlaces = 6;

constexpr Column kVaults[] = {{"id", "vault", Kind::Word},
                              {"user", "user", Kind::Word, 1, 16},
                              {"account", "account", Kind::Word, 7},
                              {"asset", "asset", Kind::Word, 2},
                              {"mode", "mode", Kind::Word, 6},
                              {"state", "state", Kind::State},
                              {"alerts", "alerts", Kind::Count, 8},
                              {"total", "total", Kind::Amount, 3},
                              {"tradeable", "tradeable", Kind::Amount, 5},
                              {"equity", "equity", Kind::Amount},
                              {"today", "today", Kind::Change, 1},
                              {"unrealised", "unrealised", Kind::Change, 4},
                              {"realised", "realised", Kind::Change, 5},
                              {"now", "clock", Kind::Time, 9}};
constexpr Column kSleeves[] = {{"vault", "vault", Kind::Word},
                               {"sleeve", "sleeve", Kind::Word},
                               {"user", "user", Kind::Word, 4, 16},
                               {"asset", "asset", Kind::Word, 5},
                               {"state", "state", Kind::State},
                               {"preset", "preset", Kind::Word, 9},
                               {"balance", "balance", Kind::Amount, 3},
                               {"cash", "cash", Kind::Amount, 7},
                               {"equity", "equity", Kind::Amount},
                               {"today", "today", Kind::Change, 1},
                               {"unrealised", "unrealised", Kind::Change, 2},
                               {"realised", "realised", Kind::Change, 4},
                               {"cycles", "cycles", Kind::Count, 8},
                               {"last_fill_at", "last fill", Kind::Time, 10},
                               {"idle_reason", "why", Kind::Prose, 6}};
constexpr Column kPositions[] = {{"vault", "vault", Kind::Word},
                                 {"sleeve", "sleeve", Kind::Word},
                                 {"pair", "pair", Kind::Word},
                                 {"state", "state", Kind::State, 1},
                                 {"quantity", "quantity", Kind::Quantity},
                                 {"held", "held", Kind::Quantity, 7},
                                 {"average_price", "bought at", Kind::Quantity, 4},
                                 {"price", "price", Kind::Quantity, 3},
                                 {"cost", "cost", Kind::Amount, 5},
                                 {"value", "value", Kind::Amount, 2},
                                 {"unrealised", "unrealised", Kind::Change},
                                 {"opened_at", "opened", Kind::Time, 6}};
constexpr Column kOrders[] = {{"id", "order", Kind::Word},
                              {"pair", "pair", Kind::Word},
                              {"side", "side", Kind::Word},
                              {"state", "state", Kind::State},
                              {"reason", "reason", Kind::Word, 2},
                              {"requested", "requested", Kind::Quantity, 1},
                              {"filled_quantity", "filled", Kind::Quantity},
                              {"filled_cost", "cost", Kind::Amount, 4},
                              {"fee", "fee", Kind::Amount, 5},
                              {"decided_at", "decided", Kind::Time, 3}};
constexpr Column kAlerts[] = {{"severity", "severity", Kind::State},
                              {"object", "object", Kind::Word, 0, 16},
                              {"kind", "kind", Kind::Word, 2},
                              {"since", "since", Kind::Time, 1},
                              {"message", "what", Kind::Prose}};
constexpr Column kDecisions[] = {
    {"at", "at", Kind::Time, 1},        {"sleeve", "sleeve", Kind::Word},
    {"pair", "pair", Kind::Word},       {"check", "check", Kind::Word},
    {"action", "action", Kind::Word},   {"reason", "reason", Kind::Word},
    {"repeats", "repeats", Kind::Count}};

struct SectionSpec {
    std::string_view name;
    std::span<const Column> columns;
};
constexpr std::array<SectionSpec, 6> kSections{
    SectionSpec{"vaults", kVaults},       SectionSpec{"sleeves", kSleeves},
    SectionSpec{"positions", kPositions}, SectionSpec{"orders", kOrders},
    SectionSpec{"alerts", kAlerts},       SectionSpec{"decisions", kDecisions}};

const SectionSpec& spec_of(Section section) {
    return kSections[static_cast<std::size_t>(section)];
}

// What needs a person first, then what is held, then what moves; unknown words come last.
constexpr std::array<std::string_view, 20> kUrgency{
    "critical", "needs_attention", "unresolved", "warning",    "underfunded",
    "stuck",    "liquidating",     "halted",     "pausing",    "paused",
    "info",     "selling",         "buying",     "holding",    "partial",
    "open",     "running",         "watching",   "warming_up", "idle"};

// A vault goes on while one of its sleeves waits for somebody; its state alone would hide that.
bool calls_for_a_person(const json::object& row) {
    const json::value* alerts = row.if_contains("alerts");
    return alerts != nullptr && alerts->is_int64() && alerts->get_int64() > 0 &&
           word_at(row, "state") != "needs_attention";
}

std::size_t urgency_of(const json::object& row, const Column& column) {
    const std::string_view state =
        calls_for_a_person(row) ? "needs_attention" : word_at(row, column.key);
    return static_cast<std::size_t>(std::find(kUrgency.begin(), kUrgency.end(), state) -
                                    kUrgency.begin());
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// v2 before v10: runs of digits are compared as numbers.
std::weak_ordering natural(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty()) {
        if (!is_digit(a[0]) || !is_digit(b[0])) {
            if (a[0] != b[0]) return a[0] <=> b[0];
            a.remove_prefix(1);
            b.remove_prefix(1);
            continue;
        }
        const auto take = [](std::string_view& text) {
            const auto zeros = std::min(text.find_first_not_of('0'), text.size());
            text.remove_prefix(zeros);
            const auto size = static_cast<std::size_t>(
                std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
            const std::string_view digits = text.substr(0, size);
            text.remove_prefix(size);
            return digits;
        };
        const std::string_view left = take(a), right = take(b);
        if (left.size() != right.size()) return left.size() <=> right.size();
        if (left != right) return left <=> right;
    }
    return a.size() <=> b.size();
}

Decimal figure_at(const json::object& row, std::string_view key) {
    const json::value* value = row.if_contains(key);
    if (value == nullptr) return kZero;
    if (value->is_int64()) return Decimal::from_int(value->get_int64());
    if (!value->is_string()) return kZero;
    const auto parsed = Decimal::parse(std::string_view(value->get_string()));
    return parsed ? parsed.value() : kZero;
}

// "2024-01-25T09:00:00.000Z" as "01-25 09:00:00": on one screen the year is known.
std::string time_text(std::string_view time) {
    if (time.size() < 19) return std::string(time);
    return std::string(time.substr(5, 5)) + ' ' + std::string(time.substr(11, 8));
}

}  // namespace

std::string_view name_of(Section section) {
    return spec_of(section).name;
}

std::span<const Column> columns_of(Section section) {
    return spec_of(section).columns;
}

std::string_view word_at(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                  : std::string_view();
}

std::string amount_text(std::string_view decimal) {
    if (!Decimal::parse(decimal)) return std::string(decimal);
    std::string text = render::cell_text(json::value(decimal), kPlaces);
    if (text == "-0") text = "0";
    const auto point = text.find('.');
    if (point == std::string::npos) return text + ".00";
    const std::size_t places = text.size() - point - 1;
    if (places < kPlaces) text.append(kPlaces - places, '0');
    return text;
}

std::string text_of(const json::object& row, const Column& column) {
    const json::value* value = row.if_contains(column.key);
    if (value == nullptr || value->is_null()) return "-";
    const std::string_view word = word_at(row, column.key);
    switch (column.kind) {
        case Kind::State:
            if (calls_for_a_person(row)) return std::string(word) + " !";
            return word.empty() ? "-" : std::string(word);
        case Kind::Word:
        case Kind::Prose: return word.empty() ? "-" : std::string(word);
        case Kind::Amount: return amount_text(word);
        case Kind::Change: {
            std::string text = amount_text(word);
            return figure_at(row, column.key).is_positive() ? "+" + text : text;
        }
        case Kind::Quantity: return render::cell_text(*value, kFinePlaces);
        case Kind::Count: return render::cell_text(*value, kPlaces);
        case Kind::Time: return time_text(word);
    }
    return {};
}

std::weak_ordering compare(const json::object& a, const json::object& b, const Column& column) {
    switch (column.kind) {
        case Kind::Amount:
        case Kind::Quantity:
        case Kind::Change:
        case Kind::Count: return figure_at(b, column.key) <=> figure_at(a, column.key);
        case Kind::State: return urgency_of(a, column) <=> urgency_of(b, column);
        case Kind::Time: return word_at(b, column.key) <=> word_at(a, column.key);
        case Kind::Word:
        case Kind::Prose: return natural(word_at(a, column.key), word_at(b, column.key));
    }
    return std::weak_ordering::equivalent;
}

std::string identity_of(const json::object& row, Section section) {
    const auto joined = [&](std::initializer_list<std::string_view> keys) {
        std::string out;
        for (const std::string_view key : keys)
            out.append(word_at(row, key)) += '/';
        return out;
    };
    switch (section) {
        case Section::Vaults:
        case Section::Orders: return joined({"id"});
        case Section::Sleeves: return joined({"vault", "sleeve"});
        case Section::Positions: return joined({"vault", "sleeve", "pair"});
        case Section::Alerts: return joined({"kind", "object", "message"});
        case Section::Decisions: return joined({"vault", "sleeve", "pair", "check"});
    }
    return {};
}

}  // namespace vault::top
