#include "daemon/runner/script_lines.hpp"

#include "common/base/excerpt.hpp"
#include "daemon/runner/flat_json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::runner {
namespace {

using ports::ScriptComplaint;
using ports::ScriptDecision;
using ports::ScriptFault;
using Kind = Field::Kind;

constexpr std::size_t kWordMost = 32;
constexpr std::size_t kFiguresMost = 16;
constexpr std::size_t kFigureMost = 64;
constexpr std::size_t kNameMost = 64;

// Members of an object, one after the other.
class Writer {
  public:
    explicit Writer(std::string& out) : out_(out) {}
    void text(std::string_view name, std::string_view value) {
        key(name);
        append_quoted(out_, value);
    }
    void decimal(std::string_view name, Decimal value) {
        key(name);
        out_ += '"';
        value.append_to(out_);
        out_ += '"';
    }
    void optional(std::string_view name, std::optional<Decimal> value) {
        if (value) return decimal(name, *value);
        raw(name, "null");
    }
    void flag(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }
    void number(std::string_view name, std::uint64_t value) { raw(name, std::to_string(value)); }
    void time(std::string_view name, UtcTime value) {
        raw(name, std::to_string(value.time_since_epoch().count()));
    }
    void texts(std::string_view name, const ports::ScriptTexts& values) {
        open(name);
        for (const auto& [inner, value] : values)
            text(inner, value);
        close();
    }
    void open(std::string_view name) {
        key(name);
        out_ += '{';
        first_ = true;
    }
    void close() {
        out_ += '}';
        first_ = false;
    }

  private:
    void key(std::string_view name) {
        if (!first_) out_ += ',';
        first_ = false;
        append_quoted(out_, name);
        out_ += ':';
    }
    void raw(std::string_view name, std::string_view value) {
        key(name);
        out_ += value;
    }
    std::string& out_;
    bool first_ = true;
};

void write_market(Writer& out, const ports::MarketView& market) {
    out.time("time", market.now);
    out.decimal("price", market.price.value);
    out.optional("p1", market.reference ? std::optional{market.reference->value} : std::nullopt);
    out.decimal("low", market.low.value);
    out.decimal("closes_sum", market.closes_sum);
    out.number("closes_count", market.closes_count);
    out.flag("warm", market.warm);
    out.flag("stale", market.stale);
    out.optional("slippage", market.slippage);
}

void write_figures(Writer& out, const ports::SleeveFigures& figures) {
    out.decimal("free_cash", figures.free_cash);
    out.decimal("quantity", figures.quantity);
    out.decimal("cost", figures.cost);
    out.decimal("fee_rate", figures.fee_rate);
    out.flag("ever_closed", figures.ever_closed);
    out.time("last_close", figures.last_close);
    out.flag("last_cycle_lost", figures.last_cycle_lost);
    out.flag("paused", figures.paused);
    out.flag("capped", figures.capped);
    out.flag("order_pending", figures.order_pending);
}

ScriptComplaint bad_field(std::string_view name, std::string_view what) {
    return {ScriptFault::BadField, fmt::format("{}: {}", excerpt(name, 40), what)};
}

bool is_word(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !text.empty() && text.size() <= kWordMost && std::all_of(text.begin(), text.end(), fits);
}

bool is_plain(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < 0x20; });
}

// Takes the fields of a decision one by one; the first complaint stays.
class DecisionReader {
  public:
    std::optional<ScriptComplaint> take(const Field& field) {
        if (field.name == "type") return type(field);
        if (field.name == "seq") return seq(field);
        if (field.kind != Kind::Text) return bad_field(field.name, "a string is wanted");
        if (field.name == "action") return action(field.text);
        if (field.name == "reason") return reason(field.text);
        if (field.name == "fraction") return fraction(field.text);
        if (field.name == "state") return state(field.text);
        if (field.name.starts_with("figures.")) return figure(field);
        return bad_field(field.name, "there is no such field in a decision");
    }
    std::optional<ScriptComplaint> missing() const {
        if (!has_type_) return bad_field("type", "is missing");
        if (!has_seq_) return bad_field("seq", "is missing");
        if (!has_action_) return bad_field("action", "is missing");
        if (decision.reason.empty()) return bad_field("reason", "is missing");
        if (decision.fraction && decision.action == ports::Action::Hold)
            return bad_field("fraction", "does not belong to hold");
        return std::nullopt;
    }
    ScriptDecision decision;

  private:
    std::optional<ScriptComplaint> type(const Field& field) {
        if (field.text != "decision") return bad_field("type", "\"decision\" is wanted");
        has_type_ = true;
        return std::nullopt;
    }
    std::optional<ScriptComplaint> seq(const Field& field) {
        if (field.kind != Kind::Integer) return bad_field("seq", "a whole number is wanted");
        decision.seq = field.integer;
        has_seq_ = true;
        return std::nullopt;
    }
    std::optional<ScriptComplaint> action(std::string_view text) {
        for (const auto action : {ports::Action::Hold, ports::Action::Buy, ports::Action::Sell})
            if (text == ports::to_text(action)) {
                decision.action = action;
                has_action_ = true;
                return std::nullopt;
            }
        return ScriptComplaint{ScriptFault::UnknownAction,
                               fmt::format("'{}' is not hold, buy or sell", excerpt(text, 40))};
    }
    std::optional<ScriptComplaint> reason(const std::string& text) {
        if (!is_word(text)) return bad_field("reason", "1 to 32 of a-z, 0-9 and _ are wanted");
        decision.reason = text;
        return std::nullopt;
    }
    std::optional<ScriptComplaint> fraction(std::string_view text) {
        const Result<Decimal> value = Decimal::parse(text);
        if (!value || !value.value().is_positive() || value.value() > kOne)
            return bad_field("fraction", "a decimal above 0, at most 1, is wanted");
        decision.fraction = value.value();
        return std::nullopt;
    }
    std::optional<ScriptComplaint> state(const std::string& text) {
        if (text.size() > kStateMost || !is_plain(text))
            return bad_field("state", "at most 1024 bytes without control characters are wanted");
        decision.state = text;
        return std::nullopt;
    }
    std::optional<ScriptComplaint> figure(const Field& field) {
        const std::string name = field.name.substr(field.name.find('.') + 1);
        if (!is_word(name) || field.text.size() > kFigureMost || !is_plain(field.text))
            return bad_field(field.name, "a name of a-z, 0-9 and _, and at most 64 bytes of text");
        if (decision.figures.size() == kFiguresMost)
            return bad_field("figures", "at most 16 are taken");
        decision.figures.emplace_back(name, field.text);
        return std::nullopt;
    }
    bool has_type_ = false, has_seq_ = false, has_action_ = false;
};

}  // namespace

std::string hello_line(const ports::ScriptLimits& limits) {
    return fmt::format(
        R"({{"type":"hello","protocol":{},"deadline_ms":{},"line_most":{},"window":{}}})"
        "\n",
        kScriptProtocol, limits.decision.count(), kLineMost, kWindow);
}

std::string tick_line(const ports::ScriptTick& tick) {
    std::string line = "{";
    line.reserve(2048);
    Writer out{line};
    out.text("type", "tick");
    out.number("seq", tick.seq);
    out.text("sleeve", tick.sleeve);
    out.text("pair", tick.figures.rules.pair.text());
    write_market(out, tick.market);
    write_figures(out, tick.figures);
    out.flag("gap", tick.gap);
    out.flag("bought", tick.bought);
    out.flag("closed", tick.closed);
    out.flag("judge_exits", tick.judge_exits);
    out.text("state", tick.state);
    const PairRules& rules = tick.figures.rules;
    out.open("rules");
    out.decimal("tick", rules.tick);
    out.decimal("lot", rules.lot);
    out.decimal("min_cost", rules.min_cost);
    out.decimal("min_quantity", rules.min_quantity);
    out.close();
    out.texts("params", tick.params);
    line += "}\n";
    return line;
}

std::string decision_line(const ScriptDecision& decision) {
    std::string line = "{";
    Writer out{line};
    out.text("type", "decision");
    out.number("seq", decision.seq);
    out.text("action", ports::to_text(decision.action));
    out.text("reason", decision.reason);
    if (decision.fraction) out.decimal("fraction", *decision.fraction);
    if (decision.state) out.text("state", *decision.state);
    if (!decision.figures.empty()) out.texts("figures", decision.figures);
    line += "}\n";
    return line;
}

Spoken<ScriptHello> parse_hello(std::string_view line) {
    const FlatObject object = parse_flat(line);
    if (!object.fault.empty())
        return ScriptComplaint{
            ScriptFault::NoHandshake,
            fmt::format("{} came instead of a hello ({})", excerpt(line, 60), object.fault)};
    ScriptHello hello;
    bool typed = false;
    std::optional<std::uint64_t> version;
    for (const Field& field : object.fields) {
        if (field.name == "type") typed = field.text == "hello";
        if (field.name == "protocol" && field.kind == Kind::Integer) version = field.integer;
        if (field.name == "name") hello.name = excerpt(field.text, kNameMost);
    }
    if (!typed)
        return ScriptComplaint{ScriptFault::NoHandshake,
                               fmt::format("{} came instead of a hello", excerpt(line, 60))};
    if (version != kScriptProtocol)
        return ScriptComplaint{
            ScriptFault::WrongVersion,
            version ? fmt::format("it speaks protocol {}, not {}", *version, kScriptProtocol)
                    : "its hello names no protocol"};
    return hello;
}

Spoken<ScriptDecision> parse_decision(std::string_view line) {
    const FlatObject object = parse_flat(line);
    if (!object.fault.empty())
        return ScriptComplaint{ScriptFault::BadJson,
                               fmt::format("{}: {}", object.fault, excerpt(line, 60))};
    DecisionReader reader;
    for (const Field& field : object.fields)
        if (auto complaint = reader.take(field)) return *std::move(complaint);
    if (auto complaint = reader.missing()) return *std::move(complaint);
    return std::move(reader.decision);
}

}  // namespace vault::runner
