#include "tests/emulator/kraken/world/control.hpp"

#include "common/protocol/codec.hpp"
#include "common/protocol/errors.hpp"
#include "tests/emulator/kraken/world/names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

std::string method_names() {
    std::string out;
    for (const ControlMethod& each : control_methods())
        out.append(out.empty() ? "" : ", ").append(each.name);
    return out;
}

Reply failed(const Error& error) {
    JsonWriter json;
    json.begin_object().key("error").begin_object();
    json.member("code", protocol::error_row(error.code()).code).member("message", error.message());
    json.member("field", error.field()).member("hint", error.hint());
    return {.status = 400, .body = json.end_object().end_object().take()};
}

// The object that was sent.
Result<boost::json::object> members_of(const Request& request) {
    const std::string body = request.body.empty() ? "{}" : request.body;
    VAULT_TRY(const auto document, protocol::parse_json(body));
    if (!document.is_object())
        return Error{Errc::InvalidParams, "the body is not a JSON object", "body",
                     "send {\"name\": value, …}"};
    return document.get_object();
}

Result<std::string> answer(World& world, const Request& request, SteadyTime wall) {
    VAULT_TRY(const boost::json::object members, members_of(request));
    world.advance(wall);
    auto out = run_control(world, std::string_view{request.path}.substr(1), members, wall, 0);
    world.advance(wall);  // what a script does about it
    return out;
}

}  // namespace

Result<std::string> run_control(World& world, std::string_view name,
                                const boost::json::object& members, SteadyTime wall,
                                std::size_t step) {
    const auto methods = control_methods();
    const auto method = std::find_if(methods.begin(), methods.end(),
                                     [&](const ControlMethod& each) { return each.name == name; });
    if (method == methods.end())
        return Error{Errc::NotFound, fmt::format("there is no method '{}'", name), "path",
                     "one of " + method_names()};
    VAULT_TRYV(check_members(members, method->members));
    const Params params = Params::from_object(members);
    VAULT_TRY(std::string out, method->handler({world, params, wall}));
    world.record();
    if (method->changes)
        world.truth().write_control(world.exchange().now(), name, protocol::to_compact(members),
                                    step);
    return out;
}

Reply handle_control(World& world, const Request& request, SteadyTime wall) {
    auto answered = answer(world, request, wall);
    if (!answered) return failed(answered.error());
    return {.body = std::move(answered.value())};
}

}  // namespace vault::kraken_emulator
