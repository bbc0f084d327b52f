#include "daemon/ports/script_host.hpp"

namespace vault::ports {

std::string_view to_text(ScriptFault fault) {
    switch (fault) {
        case ScriptFault::CannotStart: return "cannot_start";
        case ScriptFault::NoHandshake: return "no_handshake";
        case ScriptFault::WrongVersion: return "wrong_version";
        case ScriptFault::BadJson: return "bad_json";
        case ScriptFault::BadField: return "bad_field";
        case ScriptFault::UnknownAction: return "unknown_action";
        case ScriptFault::WrongSequence: return "wrong_sequence";
        case ScriptFault::Late: return "late";
        case ScriptFault::TooLong: return "too_long";
        case ScriptFault::Flood: return "flood";
        case ScriptFault::Exited: return "exited";
        case ScriptFault::NotRunning: return "not_running";
        case ScriptFault::GaveUp: return "gave_up";
        case ScriptFault::TooMany: return "too_many";
    }
    return "";
}

std::string_view to_text(ScriptPhase phase) {
    switch (phase) {
        case ScriptPhase::Starting: return "starting";
        case ScriptPhase::Ready: return "ready";
        case ScriptPhase::Waiting: return "waiting";
        case ScriptPhase::GaveUp: return "gave_up";
        case ScriptPhase::Stopped: return "stopped";
    }
    return "";
}

}  // namespace vault::ports
