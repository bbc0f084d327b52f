#pragma once
// Reports of a span besides profit and loss: what moved in and out of a vault, the fees and the
// sweeps, each with sums per asset and mode. `report vault` reads the span's part of the journal;
// fees and sweeps read their rows, which a test compares with the journal to the last digit. Modes
// and assets are never added up. Every class takes its vaults from a VaultQueue and makes one
// bounded read a step, so that a caller can let others in between; it belongs to one caller, step()
// runs on the thread that owns the reader. Errors: StoreFailed, InvalidParams for an empty span,
// AmountTooLarge if a sum leaves the range of a Decimal.
#include "daemon/report/pages.hpp"
#include "daemon/report/sums_at.hpp"
#include "daemon/report/vault_queue.hpp"

#include <array>
#include <map>
#include <string>
#include <tuple>

namespace vault::report {

// Where a vault's money is: the two that are its own and the two sleeves' balances.
struct Holdings {
    Decimal reserve, unallocated, quiet, flash;
    friend bool operator==(const Holdings&, const Holdings&) = default;
    Result<Decimal> total() const;
};

// What entries of one kind moved in the span.
struct FlowRow {
    std::string kind;  // of the entries
    std::uint64_t entries = 0;
    Holdings moved;
};

struct VaultFlows {
    VaultId vault;
    UserId user;
    AccountId account;
    Asset asset;
    Mode mode = Mode::Paper;
    Holdings opening, closing;   // closing = opening and all that moved
    std::vector<FlowRow> flows;  // in the order of the kinds' first entry
    // Of the span: fees are inside realised, a sweep counts less what was returned.
    Decimal funded;  // deposits and openings less withdrawals
    Decimal realised, fees, swept;
};

struct FlowTotal {
    Asset asset;
    Mode mode = Mode::Paper;
    std::uint64_t vaults = 0;
    Decimal opening, funded, realised, fees, swept, closing;  // opening, closing: Total Coins
};

// What stood when the span began (sums_at.hpp), then the journal from there to its end.
class VaultReport {
  public:
    explicit VaultReport(ReportScope scope) : queue_(std::move(scope)) {}
    // False when everything has been read.
    Result<bool> step(ports::StoreReader& reader);
    const std::vector<VaultFlows>& vaults() const { return vaults_; }
    Result<std::vector<FlowTotal>> totals() const;

  private:
    // Where the reading of the queue's first vault is.
    struct Reading {
        std::optional<SumsAt> opening;  // none: it begins with nothing
        std::optional<EntryAt> first;   // the first entry of the span; none: known
        std::uint64_t next = 1;
    };
    Reading begin() const;
    Result<bool> read(ports::StoreReader& reader);
    Result<bool> read_entries(ports::StoreReader& reader);
    Result<void> take(const ports::EntryRow& row);
    VaultFlows& flows_of(Mode mode);

    VaultQueue queue_;
    std::optional<Reading> reading_;
    std::vector<VaultFlows> vaults_;  // by vault, then mode
};

struct FeeRow {
    VaultId vault;
    UserId user;
    AccountId account;
    Asset asset;  // the vault's
    Mode mode = Mode::Paper;
    SleeveKind sleeve = SleeveKind::Quiet;
    Pair pair;
    Asset fee_asset;
    std::uint64_t trades = 0;
    Decimal volume;                // sum of the fills' cost
    Decimal fee;                   // in fee_asset
    std::optional<Decimal> value;  // in the vault's asset; none for a third asset

    // value / volume, cut to 6 places; none without either.
    std::optional<Decimal> rate() const;
};
struct FeeTotal {
    Asset asset;
    Mode mode = Mode::Paper;
    std::uint64_t trades = 0;
    Decimal volume, value;
    std::map<Asset, Decimal> other;  // fees in third assets
};

// The fills of the vaults, one page a step.
class FeeReport {
  public:
    explicit FeeReport(ReportScope scope) : queue_(std::move(scope)) {}
    Result<bool> step(ports::StoreReader& reader);
    const std::vector<FeeRow>& rows() const { return rows_; }  // by vault, mode, sleeve, pair
    Result<std::vector<FeeTotal>> totals() const;

  private:
    using Key = std::tuple<Mode, SleeveKind, Pair, Asset>;
    Result<void> add(ports::StoreReader& reader, const ports::FillRow& fill);

    VaultQueue queue_;
    std::optional<RowPages<ports::FillRow>> pages_;  // of the queue's first vault
    std::map<Key, FeeRow> sums_;                     // of it
    std::vector<FeeRow> rows_;
};

struct SweepSumRow {
    VaultId vault;
    UserId user;
    AccountId account;
    Asset asset;
    Mode mode = Mode::Paper;
    SleeveKind sleeve = SleeveKind::Quiet;
    std::string kind;  // flash_sweep quiet_sweep sweep_return
    std::uint64_t count = 0;
    Decimal amount, least, greatest;
    UtcTime first, last;
};
struct SweepTotal {
    Asset asset;
    Mode mode = Mode::Paper;
    Decimal flash, quiet, returned;
    Decimal net;  // flash + quiet - returned
};

// The sweeps of the vaults, one page a step.
class SweepReport {
  public:
    explicit SweepReport(ReportScope scope) : queue_(std::move(scope)) {}
    Result<bool> step(ports::StoreReader& reader);
    const std::vector<SweepSumRow>& rows() const { return rows_; }  // by vault, mode, sleeve, kind
    Result<std::vector<SweepTotal>> totals() const;

  private:
    using Key = std::tuple<Mode, SleeveKind, std::string>;
    Result<void> add(ports::StoreReader& reader, const ports::SweepRow& sweep);

    VaultQueue queue_;
    std::optional<RowPages<ports::SweepRow>> pages_;  // of the queue's first vault
    std::map<Key, SweepSumRow> sums_;                 // of it
    std::vector<SweepSumRow> rows_;
};

}  // namespace vault::report
