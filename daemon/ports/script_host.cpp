#include "daemon/ports/script_host.hpp"

namespace vault::ports {
namespace {

template <class Word>
std::optional<Word> parse_word(std::string_view text, Word last) {
    for (int i = 0; i <= static_cast<int>(last); ++i)
        if (to_text(static_cast<Word>(i)) == text) return static_cast<Word>(i);
    return std::nullopt;
}

}  // namespace

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

std::optional<ScriptFault> parse_script_fault(std::string_view text) {
    return parse_word(text, ScriptFault::TooMany);
}
std::optional<ScriptPhase> parse_script_phase(std::string_view text) {
    return parse_word(text, ScriptPhase::Stopped);
}

}  // namespace vault::ports
