#pragma once
// Pause, halt and liquidate as one small machine per level: sleeve, vault, user, daemon. A wider
// level holds whatever a narrower one says. Pause stops buys and keeps exits; halt stops both;
// liquidating sells everything and then becomes halted. An account is a level too, which nobody
// asks to hold: it is halted while its history is unread (world.hpp). Values; they survive restart
// as part of their owner's state; the shard's thread.
#include "common/base/time.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace vault::engine {

enum class HoldKind : std::uint8_t { None, Paused, Liquidating, Halted };  // weakest first
std::string_view to_text(HoldKind kind);

struct Hold {
    HoldKind kind = HoldKind::None;
    std::string by;   // who
    std::string why;  // their words
    UtcTime since;
    friend bool operator==(const Hold&, const Hold&) = default;
};

enum class HoldRequest : std::uint8_t { Pause, Halt, Liquidate, Resume, Liquidated };

// What a level becomes. Idempotent: asking for what is already so changes nothing and keeps the
// first `by`, `why` and `since`. A pause never weakens a halt; a halt stops a liquidation.
Hold next_hold(const Hold& hold, HoldRequest request, Hold asked);

// The strongest of the levels: a halt at a wider level stops a liquidation at a narrower one.
HoldKind effective(std::initializer_list<const Hold*> levels);

}  // namespace vault::engine
