#pragma once
// Read-only questions to the store, for reports, lists and exports. Implementations own a read-only
// connection; calls block, each for at most about 200 ms (pages are bounded by `limit`), and belong
// to one thread at a time. Rows come oldest first unless said. Errors: StoreFailed.
#include "daemon/ports/kept_head.hpp"
#include "daemon/ports/rows.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace vault::ports {

// Every set field narrows. Times: from <= at < to, of the row's own clock (virtual under replay).
struct RowFilter {
    Visible visible{};  // rows of these users and of nobody (user 0) only
    std::optional<UserId> user;
    std::optional<AccountId> account;
    std::optional<VaultId> vault;
    std::optional<SleeveKind> sleeve;
    std::optional<Pair> pair;
    std::optional<UtcTime> from;
    std::optional<UtcTime> to;
    std::string severity;       // events of this severity and the graver ones; empty: all
    std::uint32_t limit = 100;  // 1..10001, the newest rows within the filter
};

// Every set field narrows. Times: from <= at < to, of the wall clock.
struct AuditFilter {
    Visible visible{};             // rows about objects of these users only; user 0 is nobody's
    std::optional<UserId> user{};  // whose object
    // Empty: any. "vault.*" is every action that begins so; "v1" is also all that is in it.
    std::string actor{}, action{}, object{}, outcome{};
    std::optional<UtcTime> from{};
    std::optional<UtcTime> to{};
    std::uint32_t limit = 100;  // 1..10000, the newest rows within the filter
};

// True if `object` ("v1", "v1.flash", "v1.flash.3") is the vault or something in it; with `sleeve`,
// that sleeve or something in it.
inline bool is_about(std::string_view object, VaultId vault, std::optional<SleeveKind> sleeve) {
    std::string name = to_text(vault);
    if (sleeve) name.append(".").append(to_text(*sleeve));
    return object == name || object.substr(0, name.size() + 1) == name + ".";
}

// info 0, warning 1, alert 2.
constexpr int severity_rank(std::string_view severity) {
    return severity == "alert" ? 2 : severity == "warning" ? 1 : 0;
}

class StoreReader {
  public:
    virtual ~StoreReader() = default;

    // Entries of one vault with seq >= from_seq, at most `limit`, by seq.
    virtual Result<std::vector<EntryRow>> entries(VaultId vault, std::uint64_t from_seq,
                                                  std::uint32_t limit) = 0;
    // The ends of the journals of vaults with id >= from, at most `limit`, by vault. A vault
    // without entries has none.
    virtual Result<std::vector<JournalHead>> journal_heads(VaultId from, std::uint32_t limit) = 0;
    virtual Result<std::vector<BalanceRow>> balances(VaultId vault) = 0;
    virtual Result<std::vector<VaultRow>> vaults() = 0;
    // One row by its key; none if there is no such row.
    virtual Result<std::optional<UserRow>> user(UserId id) = 0;
    virtual Result<std::optional<OrderRow>> order(const OrderId& id) = 0;
    virtual Result<std::optional<FillRow>> fill(AccountId account, const std::string& trade) = 0;
    virtual Result<std::optional<EntryRow>> entry(VaultId vault, const std::string& kind,
                                                  const std::string& cause) = 0;
    virtual Result<std::vector<OrderRow>> orders(const RowFilter& filter) = 0;
    virtual Result<std::vector<FillRow>> fills(const RowFilter& filter) = 0;
    virtual Result<std::vector<DecisionRow>> decisions(const RowFilter& filter) = 0;
    virtual Result<std::vector<AllocationRow>> allocations(const RowFilter& filter) = 0;
    virtual Result<std::vector<SweepRow>> sweeps(const RowFilter& filter) = 0;
    virtual Result<std::vector<PauseRow>> pauses(const RowFilter& filter) = 0;
    virtual Result<std::vector<CycleRow>> cycles(const RowFilter& filter) = 0;
    virtual Result<std::vector<DayCloseRow>> day_closes(const RowFilter& filter) = 0;
    // By seq, whatever time their own clocks show.
    virtual Result<std::vector<EventRow>> events(const RowFilter& filter) = 0;
    // Events with seq >= from_seq, at most `limit`, by seq. Old ones may be pruned.
    virtual Result<std::vector<EventRow>> events_from(std::uint64_t from_seq,
                                                      std::uint32_t limit) = 0;
    virtual Result<std::vector<AuditRow>> audits(const AuditFilter& filter) = 0;
    // Rows of the audit trail with seq >= from_seq, at most `limit`, by seq.
    virtual Result<std::vector<AuditRow>> audits_from(std::uint64_t from_seq,
                                                      std::uint32_t limit) = 0;
    virtual Result<std::vector<PriceRow>> prices(AccountId account, const RowFilter& filter) = 0;
};

}  // namespace vault::ports
