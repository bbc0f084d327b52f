#include "tests/emulator/kraken/world/script.hpp"

#include "common/base/random.hpp"
#include "common/base/time.hpp"
#include "common/protocol/codec.hpp"
#include "tests/emulator/kraken/world/control.hpp"
#include "tests/emulator/kraken/world/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::kraken_emulator {
namespace {

namespace json = boost::json;

Error wrong(std::string message, std::string_view field, std::string hint) {
    return Error{Errc::InvalidParams, std::move(message), std::string{field}, std::move(hint)};
}

Error in_file(const std::string& file, std::size_t step, const Error& error) {
    return Error{error.code(), fmt::format("{}: step {}: {}", file, step, error.message()),
                 error.field(), error.hint()};
}

Result<void> check_names(const json::object& object) {
    constexpr std::array<std::string_view, 6> kNames{"at",   "after",  "count",
                                                     "wait", "method", "with"};
    for (const auto& [name, unused] : object)
        if (std::find(kNames.begin(), kNames.end(), std::string_view{name}) == kNames.end())
            return wrong(fmt::format("'{}' is no member of a step", std::string_view{name}), name,
                         "at, or after with count and wait; method, with");
    return success();
}

Result<std::string> need_method(const Params& params) {
    const std::string name = params.text("method").value_or("");
    const auto methods = control_methods();
    const bool there = std::any_of(methods.begin(), methods.end(), [&](const ControlMethod& each) {
        return each.name == name && each.changes;
    });
    if (!there)
        return wrong(fmt::format("there is no method '{}'", name), "method",
                     "one of the control endpoint that changes something");
    return name;
}

Result<Span> asked_span(const Params& params, std::string_view name) {
    VAULT_TRY(const Duration span, parse_duration(params.text(name).value_or("0")));
    return Span{span};
}

}  // namespace

Result<void> Script::read(const json::object& object, std::size_t number, Moment start) {
    VAULT_TRYV(check_names(object));
    const Params params = Params::from_object(object);
    Step step{.number = number};
    VAULT_TRY(step.method, need_method(params));
    if (const json::value* with = object.if_contains("with")) {
        if (!with->is_object()) return wrong("'with' is no object", "with", "{\"name\": value}");
        step.with = with->get_object();
    }
    const auto at = params.text("at"), after = params.text("after");
    if (at.has_value() == after.has_value())
        return wrong("a step has either 'at' or 'after'", "at", R"("10s", or "order/filled")");
    if (at && (params.text("count") || params.text("wait")))
        return wrong("'count' and 'wait' belong to 'after'", "at", "leave them away");
    if (at) {
        VAULT_TRY(const Span span, asked_span(params, "at"));
        due_.emplace(start + span, std::move(step));
        return success();
    }
    VAULT_TRY(step.wait, asked_span(params, "wait"));
    const auto count = params.integer("count");
    if (!count || count.value().value_or(1) < 1)
        return wrong("'count' is no number from 1", "count", "which of the events it is");
    const auto before = static_cast<std::uint64_t>(count.value().value_or(1)) - 1;
    if (!is_event_name(*after))
        return wrong(fmt::format("there is no event '{}'", *after), "after",
                     "as order/filled or request/AddOrder: see README.md");
    waiting_.push_back({{.at = *after, .skip = before, .times = 1}, std::move(step)});
    return success();
}

Result<Script> Script::parse(std::string_view text, std::string file, Moment start) {
    Script out;
    const auto document = protocol::parse_json(text);
    if (!document)
        return wrong(file + ": " + document.error().message(), {}, document.error().hint());
    const json::value& all = document.value();
    const json::value* steps = all.is_object() ? all.get_object().if_contains("steps") : nullptr;
    if (steps == nullptr || !steps->is_array() || all.get_object().size() != 1)
        return wrong(file + R"(: it is not {"steps":[{…}, …]})", "steps", "see README.md");
    std::size_t number = 0;
    for (const json::value& each : steps->get_array()) {
        ++number;
        const auto read = each.is_object() ? out.read(each.get_object(), number, start)
                                           : wrong("it is no object", {}, "{\"at\": …}");
        if (!read) return in_file(file, number, read.error());
    }
    out.file_ = std::move(file);
    return out;
}

void Script::saw(std::string_view event, Moment now) {
    Random unused{0};  // every event that is meant counts: there is nothing to draw
    for (auto each = waiting_.begin(); each != waiting_.end();) {
        if (!each->event.strikes(event, unused)) {
            ++each;
            continue;
        }
        const Moment due = now + each->step.wait;
        due_.emplace(due, std::move(each->step));
        each = waiting_.erase(each);
    }
}

std::optional<Moment> Script::next() const {
    if (due_.empty()) return std::nullopt;
    return due_.begin()->first;
}

Script::Step Script::take() {
    return std::move(due_.extract(due_.begin()).mapped());
}

Error Script::ended_by(const Step& step, const Error& error) {
    due_.clear();
    waiting_.clear();
    return in_file(file_, step.number, error);
}

}  // namespace vault::kraken_emulator
