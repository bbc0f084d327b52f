#pragma once
// Profit and loss of a span, per vault and sleeve, with sums per asset and mode. Modes and assets
// are never added up. Balances, realised, unrealised, fees and sweeps are the difference of two
// states of the books (sums_at.hpp), so that spans which meet add up to the last digit, corrections
// included; trades, volume and cycles are counted from their rows. A vault has one mode in this
// version. Read only, on the thread that owns the reader, in steps of one bounded read. Amounts are
// exact, in the vault's asset. Errors: StoreFailed, InvalidParams for an empty span,
// AmountTooLarge if a sum leaves the range of a Decimal.
#include "daemon/report/pages.hpp"
#include "daemon/report/sums_at.hpp"
#include "daemon/report/vault_queue.hpp"

#include <map>

namespace vault::report {

struct BalanceAt {
    Decimal balance;
    std::optional<UtcTime> at;  // the instant that it is of; none: before all, or now
};

struct PnlFigures {
    Decimal realised;  // fees inside
    // What open positions would give above their cost when the span begins and when it ends; none:
    // no price of then is known any more.
    std::optional<Decimal> unrealised_before, unrealised;
    Decimal fees;                         // charged in the pair's own assets, as quote value
    std::map<Asset, Decimal> fees_other;  // charged in another asset, in units of that asset
    Decimal swept;                        // sweeps less what was returned
    Decimal volume;                       // sum of the fills' cost
    std::uint64_t trades = 0, buys = 0, sells = 0;  // fills
    std::uint64_t cycles = 0, won = 0, lost = 0;    // closed; won: realised > 0, lost: < 0
    std::optional<Decimal> best_cycle, worst_cycle;

    // realised and what unrealised changed by; none if that is not known.
    Result<std::optional<Decimal>> net() const;
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
    BalanceAt opening, closing;
    PnlFigures figures;
};

struct PnlTotal {
    Asset asset;
    Mode mode = Mode::Paper;
    PnlFigures figures;
};

// One read a step, vault by vault.
class PnlReport {
  public:
    explicit PnlReport(ReportScope scope) : queue_(std::move(scope)) {}
    // False when everything has been read.
    Result<bool> step(ports::StoreReader& reader);
    const std::vector<PnlRow>& rows() const { return rows_; }  // by vault, sleeve
    Result<std::vector<PnlTotal>> totals() const;              // by asset, mode
    // What the reader of the report must know, such as figures that are missing.
    std::vector<std::string> notes() const;

  private:
    enum class Part : std::uint8_t { Opening, Closing, Fills, Cycles };
    // What is known of the vault that is being read.
    struct Reading {
        std::optional<SumsAt> opening, closing;  // none: nothing before, or the mark's own
        RowPages<ports::FillRow> fills;
        RowPages<ports::CycleRow> cycles;
        std::array<PnlRow, 2> rows;
        Part part = Part::Opening;
    };
    Reading begin() const;
    Result<bool> read(ports::StoreReader& reader);
    Result<void> finish();

    VaultQueue queue_;
    std::optional<Reading> reading_;  // of the queue's first vault
    std::vector<PnlRow> rows_;
};

}  // namespace vault::report
