#pragma once
// Control: how a test drives the emulator, beside the API and on a port of its own. POST /<method>
// with a JSON object, or GET for what only asks; the reply is a JSON object, with status 200 or,
// when the input is wrong, 400 and {"error":{code,message,field,hint}}. README.md lists the
// methods. One thread.
#include "common/base/result.hpp"
#include "tests/emulator/kraken/world/world.hpp"

#include <span>

namespace vault::kraken_emulator {

struct ControlCall {
    World& world;
    const Params& params;
    SteadyTime wall;
};

struct ControlMethod {
    std::string_view name;
    Result<std::string> (*handler)(const ControlCall&);
    std::string_view members{};  // that it knows, separated by blanks
    bool changes = true;         // then it is a line of the truth log
};

std::span<const ControlMethod> control_methods();

// What POST /<method> does, and what it puts into the truth log; `step` is that of a script, or 0.
// Errors: those of the methods, NotFound.
Result<std::string> run_control(World& world, std::string_view method,
                                const boost::json::object& members, SteadyTime wall,
                                std::size_t step);

// Brings the world up to `wall` first.
Reply handle_control(World& world, const Request& request, SteadyTime wall);

}  // namespace vault::kraken_emulator
