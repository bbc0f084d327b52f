#pragma once
// Profit and loss from the store's rows, per vault, mode and sleeve, with sums per asset and mode.
// Modes and assets are never added up. Read only, on the thread that owns the reader, in pages.
// Amounts are exact, in the vault's asset. Errors: StoreFailed, NotFound for an unknown
// vault, InvalidParams for an empty span, AmountTooLarge if a sum leaves the range of a Decimal.
#include "daemon/ports/store_reader.hpp"

#include <map>
#include <span>

namespace vault::report {

// Which vaults and which span of the rows' own clock (virtual under replay): from <= at < to.
struct PnlFilter {
    std::optional<std::vector<VaultId>> vaults;  // none: all
    std::optional<UtcTime> from, to;
};

// What the engine shows of a sleeve now; the store alone does not know prices.
struct SleeveMark {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    Mode mode = Mode::Paper;
    Decimal balance, unrealised;
};

struct BalanceAt {
    Decimal balance;
    std::optional<UtcTime> at;  // end of the day that it was taken from; none: now
};

struct PnlFigures {
    Decimal realised;                     // of the fills, fees inside
    std::optional<Decimal> unrealised;    // now; none: not known
    Decimal fees;                         // charged in the pair's own assets, as quote value
    std::map<Asset, Decimal> fees_other;  // charged in another asset, in units of that asset
    Decimal swept;                        // sweeps less what was returned
    Decimal volume;                       // sum of the fills' cost
    std::uint64_t trades = 0, buys = 0, sells = 0;  // fills
    std::uint64_t cycles = 0, won = 0, lost = 0;    // closed; won: realised > 0, lost: < 0
    std::optional<Decimal> best_cycle, worst_cycle;

    // realised + unrealised, as far as known.
    Result<Decimal> net() const;
    // won / cycles as a fraction, rounded down to 4 places; none without a closed cycle.
    std::optional<Decimal> win_rate() const;
};

struct PnlRow {
    VaultId vault;
    UserId user;
    AccountId account;
    Asset asset;
    Mode mode = Mode::Paper;
    SleeveKind sleeve = SleeveKind::Quiet;
    std::optional<BalanceAt> opening, closing;  // none: no day close tells it
    PnlFigures figures;
};

struct PnlTotal {
    Asset asset;
    Mode mode = Mode::Paper;
    PnlFigures figures;
};

struct PnlReport {
    std::optional<UtcTime> from, to;
    std::vector<PnlRow> rows;      // by vault, mode, sleeve
    std::vector<PnlTotal> totals;  // by asset, mode
};

Result<PnlReport> pnl(ports::StoreReader& reader, const PnlFilter& filter,
                      std::span<const SleeveMark> marks);

}  // namespace vault::report
