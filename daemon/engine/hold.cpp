#include "daemon/engine/hold.hpp"

#include <utility>

namespace vault::engine {

std::string_view to_text(HoldKind kind) {
    switch (kind) {
        case HoldKind::None: return "running";
        case HoldKind::Paused: return "paused";
        case HoldKind::Liquidating: return "liquidating";
        case HoldKind::Halted: return "halted";
    }
    return "";
}

Hold next_hold(const Hold& hold, HoldRequest request, Hold asked) {
    switch (request) {
        case HoldRequest::Pause:
            if (hold.kind != HoldKind::None) return hold;
            asked.kind = HoldKind::Paused;
            return asked;
        case HoldRequest::Halt:
            if (hold.kind == HoldKind::Halted) return hold;
            asked.kind = HoldKind::Halted;
            return asked;
        case HoldRequest::Liquidate:
            if (hold.kind == HoldKind::Liquidating) return hold;
            asked.kind = HoldKind::Liquidating;
            return asked;
        case HoldRequest::Resume: return Hold{};
        case HoldRequest::Liquidated: {
            if (hold.kind != HoldKind::Liquidating) return hold;
            Hold done = hold;
            done.kind = HoldKind::Halted;
            return done;
        }
    }
    return hold;
}

HoldKind effective(std::initializer_list<const Hold*> levels) {
    HoldKind strongest = HoldKind::None;
    for (const Hold* level : levels)
        if (level->kind > strongest) strongest = level->kind;
    return strongest;
}

}  // namespace vault::engine
