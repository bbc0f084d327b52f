#pragma once
// FakeReader: a StoreReader over plain vectors, with the filter rules of
// daemon/ports/store_reader.hpp. Tests fill the vectors; `page_log` records the limit of every
// call. One thread at a time.
#include "daemon/ledger/canonical.hpp"
#include "daemon/ports/store_reader.hpp"
#include "daemon/report/pages.hpp"

#include <algorithm>
#include <map>

namespace vault::test {

class FakeReader : public ports::StoreReader {
  public:
    std::vector<ports::EntryRow> entry_rows;
    std::vector<ports::BalanceRow> balance_rows;
    std::vector<ports::VaultRow> vault_rows;
    std::vector<ports::UserRow> user_rows;
    std::vector<ports::OrderRow> order_rows;
    std::vector<ports::FillRow> fill_rows;
    std::vector<ports::DecisionRow> decision_rows;
    std::vector<ports::SweepRow> sweep_rows;
    std::vector<ports::CycleRow> cycle_rows;
    std::vector<ports::DayCloseRow> close_rows;
    std::vector<ports::EventRow> event_rows;
    std::vector<ports::AuditRow> audit_rows;
    std::vector<ports::PriceRow> price_rows;
    std::function<void()> before_entries;  // runs before every read of entries
    std::size_t calls = 0;
    std::uint32_t largest_limit = 0;

    void add_entry(const ledger::Entry& entry) {
        ports::EntryRow row;
        row.vault = entry.vault;
        row.seq = entry.seq;
        row.tx = entry.tx;
        row.kind = ledger::to_text(entry.kind);
        row.cause = entry.cause;
        row.at = entry.at;
        row.owner.mode = entry.mode;
        row.owner.actor = entry.actor;
        row.postings_json = ledger::postings_json(entry.postings);
        row.prev_hash = entry.prev_hash;
        row.hash = entry.hash;
        entry_rows.push_back(row);
    }

    Result<std::vector<ports::EntryRow>> entries(VaultId vault, std::uint64_t from_seq,
                                                 std::uint32_t limit) override {
        if (before_entries) before_entries();
        note(limit);
        std::vector<ports::EntryRow> found;
        for (const auto& row : entry_rows)
            if (row.vault == vault && row.seq >= from_seq && found.size() < limit)
                found.push_back(row);
        return found;
    }
    Result<std::vector<ports::JournalHead>> journal_heads(VaultId from,
                                                          std::uint32_t limit) override {
        note(limit);
        std::map<VaultId, ports::JournalHead> heads;
        for (const auto& row : entry_rows)
            if (row.vault >= from && heads[row.vault].seq < row.seq)
                heads[row.vault] = {row.vault, row.seq, row.hash};
        std::vector<ports::JournalHead> found;
        for (const auto& [vault, head] : heads)
            if (found.size() < limit) found.push_back(head);
        return found;
    }
    Result<std::vector<ports::BalanceRow>> balances(VaultId vault) override {
        std::vector<ports::BalanceRow> found;
        for (const auto& row : balance_rows)
            if (row.vault == vault) found.push_back(row);
        return found;
    }
    Result<std::vector<ports::VaultRow>> vaults() override { return vault_rows; }
    Result<std::optional<ports::UserRow>> user(UserId id) override {
        return first(user_rows, [&](const auto& row) { return row.id == id; });
    }
    Result<std::optional<ports::OrderRow>> order(const OrderId& id) override {
        return first(order_rows, [&](const auto& row) { return row.id == id; });
    }
    Result<std::optional<ports::FillRow>> fill(AccountId account,
                                               const std::string& trade) override {
        return first(fill_rows, [&](const auto& row) {
            return row.owner.account == account && row.fill.trade_id == trade;
        });
    }
    Result<std::optional<ports::EntryRow>> entry(VaultId vault, const std::string& kind,
                                                 const std::string& cause) override {
        return first(entry_rows, [&](const auto& row) {
            return row.vault == vault && row.kind == kind && row.cause == cause;
        });
    }
    Result<std::vector<ports::OrderRow>> orders(const ports::RowFilter& f) override {
        return pick(
            order_rows, f, [](const auto& r) { return r.id.vault; },
            [](const auto& r) { return r.id.sleeve; });
    }
    Result<std::vector<ports::FillRow>> fills(const ports::RowFilter& f) override {
        return pick(
            fill_rows, f, [](const auto& r) { return r.fill.order.vault; },
            [](const auto& r) { return r.fill.order.sleeve; });
    }
    Result<std::vector<ports::DecisionRow>> decisions(const ports::RowFilter& f) override {
        return pick(decision_rows, f, kVault, kSleeve);
    }
    Result<std::vector<ports::SweepRow>> sweeps(const ports::RowFilter& f) override {
        return pick(sweep_rows, f, kVault, kSleeve);
    }
    Result<std::vector<ports::CycleRow>> cycles(const ports::RowFilter& f) override {
        return pick(cycle_rows, f, kVault, kSleeve);
    }
    Result<std::vector<ports::DayCloseRow>> day_closes(const ports::RowFilter& f) override {
        return pick(close_rows, f, kVault, kSleeve);
    }
    Result<std::vector<ports::AllocationRow>> allocations(const ports::RowFilter&) override {
        return std::vector<ports::AllocationRow>{};
    }
    Result<std::vector<ports::PauseRow>> pauses(const ports::RowFilter&) override {
        return std::vector<ports::PauseRow>{};
    }
    Result<std::vector<ports::EventRow>> events_from(std::uint64_t from_seq,
                                                     std::uint32_t limit) override {
        note(limit);
        std::vector<ports::EventRow> found;
        for (const auto& row : event_rows)
            if (row.seq >= from_seq && found.size() < limit) found.push_back(row);
        return found;
    }
    Result<std::vector<ports::AuditRow>> audits_from(std::uint64_t from_seq,
                                                     std::uint32_t limit) override {
        note(limit);
        std::vector<ports::AuditRow> found;
        for (const auto& row : audit_rows)
            if (row.seq >= from_seq && found.size() < limit) found.push_back(row);
        return found;
    }
    Result<std::vector<ports::AuditRow>> audits(const ports::AuditFilter& filter) override {
        note(filter.limit);
        const auto most = std::min<std::size_t>(filter.limit, audit_rows.size());
        return std::vector<ports::AuditRow>(audit_rows.end() - static_cast<std::ptrdiff_t>(most),
                                            audit_rows.end());
    }
    Result<std::vector<ports::EventRow>> events(const ports::RowFilter& filter) override {
        note(filter.limit);
        std::vector<ports::EventRow> found;
        for (const auto& row : event_rows)
            if (ports::severity_rank(row.severity) >= ports::severity_rank(filter.severity) &&
                (!filter.vault || ports::is_about(row.object, *filter.vault, filter.sleeve)))
                found.push_back(row);
        if (found.size() > filter.limit)
            found.erase(found.begin(), found.end() - std::ptrdiff_t{filter.limit});
        return found;
    }
    Result<std::vector<ports::PriceRow>> prices(AccountId account,
                                                const ports::RowFilter& f) override {
        note(f.limit);
        std::vector<ports::PriceRow> found;
        for (const auto& row : price_rows)
            if (row.account == account && (!f.pair || row.pair == *f.pair) &&
                (!f.from || row.at >= *f.from) && (!f.to || row.at < *f.to))
                found.push_back(row);
        std::ranges::stable_sort(found, {}, [](const auto& row) { return row.at; });
        if (found.size() > f.limit) found.erase(found.begin(), found.end() - f.limit);
        return found;
    }

  private:
    static constexpr auto kVault = [](const auto& row) { return row.vault; };
    static constexpr auto kSleeve = [](const auto& row) { return row.sleeve; };

    template <class Row, class Test>
    std::optional<Row> first(const std::vector<Row>& rows, Test test) {
        ++calls;
        const auto row = std::ranges::find_if(rows, test);
        return row == rows.end() ? std::optional<Row>() : std::optional<Row>(*row);
    }

    void note(std::uint32_t limit) {
        ++calls;
        largest_limit = std::max(largest_limit, limit);
    }

    template <class Row>
    static bool pair_fits(const Row& row, const Pair& pair) {
        if constexpr (requires { row.pair; }) return row.pair == pair;
        return true;
    }

    template <class Row, class VaultOf, class SleeveOf>
    std::vector<Row> pick(std::vector<Row> rows, const ports::RowFilter& f, VaultOf vault_of,
                          SleeveOf sleeve_of) {
        note(f.limit);
        std::erase_if(rows, [&](const Row& row) {
            const UtcTime at = report::row_time(row);
            return (f.vault && vault_of(row) != *f.vault) ||
                   (f.sleeve && sleeve_of(row) != *f.sleeve) ||
                   (f.user && row.owner.user != *f.user) || (f.pair && !pair_fits(row, *f.pair)) ||
                   (f.from && at < *f.from) || (f.to && at >= *f.to);
        });
        std::ranges::stable_sort(rows, {}, [](const Row& row) { return report::row_time(row); });
        if (rows.size() > f.limit) rows.erase(rows.begin(), rows.end() - f.limit);
        return rows;
    }
};

}  // namespace vault::test
