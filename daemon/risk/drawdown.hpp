#pragma once
// Drawdown: how far a stake has fallen from its highest value (max_drawdown). The value is equity
// plus what was swept since the measure began, so that a sweep is no loss. Money that is allocated
// or taken back moves the peak in proportion: it neither makes a drawdown nor hides one. Pure
// values and functions; amounts in the vault's asset; any thread.
#include "common/base/time.hpp"
#include "common/domain/decimal.hpp"

namespace vault::risk {

// What is followed, at one price.
struct Stake {
    Decimal equity;     // unrealised included
    Decimal swept;      // ever
    Decimal principal;  // net allocations, and what adopted coins were worth above their cost
};

// What the books have added up since they were opened.
struct Booked {
    Decimal realised, swept;
    Decimal principal;  // as a Stake's
    Decimal unearned;   // what of the principal is no allocation
    friend bool operator==(const Booked&, const Booked&) = default;
};

struct Drawdown {
    Decimal peak;          // highest value since it began
    Decimal swept_before;  // Stake::swept when it began
    Decimal principal;     // Stake::principal at the last look
    UtcTime since;
    UtcTime peak_at;
    friend bool operator==(const Drawdown&, const Drawdown&) = default;
};

// A measure whose peak is today's equity.
Drawdown begin_drawdown(const Stake& now, UtcTime at);
Decimal value_of(const Drawdown& mark, const Stake& now);
// Takes money that came or went, then the value, into the peak. A stake that was empty, or is,
// begins anew.
void follow(Drawdown& mark, const Stake& now, UtcTime at);
// True when peak - value has reached `most` (a fraction) of the peak.
bool drawdown_reached(const Drawdown& mark, const Stake& now, Decimal most);

}  // namespace vault::risk
