#include "daemon/ledger/canonical.hpp"
#include "daemon/report/journal.hpp"
#include "daemon/report/report_scope.hpp"
#include "daemon/report/span_reports.hpp"

#include <algorithm>

namespace vault::report {

namespace {

using ledger::AccountKind;

Decimal& of(Holdings& holdings, SleeveKind sleeve) {
    return sleeve == SleeveKind::Quiet ? holdings.quiet : holdings.flash;
}

// What one entry moves, in the vault's own asset.
struct Moves {
    Holdings holdings;
    Decimal realised, fees, external;

    Result<void> take(const ledger::Posting& posting) {
        const SleeveKind sleeve = posting.account.sleeve.value_or(SleeveKind::Quiet);
        switch (posting.account.kind) {
            case AccountKind::Reserve: return add_to(holdings.reserve, posting.amount);
            case AccountKind::Unallocated: return add_to(holdings.unallocated, posting.amount);
            case AccountKind::Cash:
            case AccountKind::Locked:
            case AccountKind::Pending:
            case AccountKind::Position: return add_to(of(holdings, sleeve), posting.amount);
            // A gain is a negative amount; external gives what the vault gets.
            case AccountKind::Realised: return add_to(realised, -posting.amount);
            case AccountKind::Fees: return add_to(fees, posting.amount);
            case AccountKind::External: return add_to(external, -posting.amount);
            case AccountKind::ExternalFees:
            case AccountKind::Market:
            case AccountKind::Memo:
            case AccountKind::Held:
            case AccountKind::Principal: return success();
        }
        return success();
    }
};

Result<Moves> moves_of(const ports::EntryRow& row, const Asset& asset) {
    VAULT_TRY(const auto postings, ledger::parse_postings(row.postings_json));
    Moves moves;
    for (const ledger::Posting& posting : postings) {
        if (posting.asset != asset) continue;
        VAULT_TRYV(moves.take(posting));
    }
    return moves;
}

Result<void> add_to(Holdings& sum, const Holdings& term) {
    VAULT_TRYV(report::add_to(sum.reserve, term.reserve));
    VAULT_TRYV(report::add_to(sum.unallocated, term.unallocated));
    VAULT_TRYV(report::add_to(sum.quiet, term.quiet));
    return report::add_to(sum.flash, term.flash);
}

bool is_sweep(std::string_view kind) {
    return kind == "flash_sweep" || kind == "quiet_sweep" || kind == "sweep_return";
}

}  // namespace

Result<Decimal> Holdings::total() const {
    VAULT_TRY(const Decimal own, add(reserve, unallocated));
    VAULT_TRY(const Decimal sleeves, add(quiet, flash));
    return add(own, sleeves);
}

VaultFlows& VaultReport::flows_of(Mode mode) {
    const ports::VaultRow& vault = left_.back();
    // The vault that is being read stands at the end.
    for (auto row = vaults_.rbegin(); row != vaults_.rend() && row->vault == vault.id; ++row)
        if (row->mode == mode) return *row;
    VaultFlows fresh;
    fresh.vault = vault.id;
    fresh.user = vault.user;
    fresh.account = vault.account;
    fresh.asset = vault.asset;
    fresh.mode = mode;
    return vaults_.emplace_back(std::move(fresh));
}

Result<void> VaultReport::take(const ports::EntryRow& row) {
    VaultFlows& flows = flows_of(row.owner.mode);
    VAULT_TRY(const Moves moves, moves_of(row, flows.asset));
    if (filter_.to && row.at >= *filter_.to) return success();
    VAULT_TRYV(add_to(flows.closing, moves.holdings));
    if (filter_.from && row.at < *filter_.from) return add_to(flows.opening, moves.holdings);
    auto flow = std::ranges::find(flows.flows, row.kind, &FlowRow::kind);
    if (flow == flows.flows.end()) flow = flows.flows.insert(flow, FlowRow{row.kind, 0, {}});
    ++flow->entries;
    VAULT_TRYV(add_to(flow->moved, moves.holdings));
    VAULT_TRYV(report::add_to(flows.funded, moves.external));
    VAULT_TRYV(report::add_to(flows.realised, moves.realised));
    VAULT_TRYV(report::add_to(flows.fees, moves.fees));
    return is_sweep(row.kind) ? report::add_to(flows.swept, moves.holdings.unallocated) : success();
}

Result<std::vector<FlowTotal>> VaultReport::totals() const {
    std::map<std::pair<Asset, Mode>, FlowTotal> totals;
    for (const VaultFlows& vault : vaults_) {
        FlowTotal& total = totals[{vault.asset, vault.mode}];
        total.asset = vault.asset;
        total.mode = vault.mode;
        ++total.vaults;
        VAULT_TRY(const Decimal opening, vault.opening.total());
        VAULT_TRY(const Decimal closing, vault.closing.total());
        VAULT_TRYV(report::add_to(total.opening, opening));
        VAULT_TRYV(report::add_to(total.funded, vault.funded));
        VAULT_TRYV(report::add_to(total.realised, vault.realised));
        VAULT_TRYV(report::add_to(total.fees, vault.fees));
        VAULT_TRYV(report::add_to(total.swept, vault.swept));
        VAULT_TRYV(report::add_to(total.closing, closing));
    }
    std::vector<FlowTotal> list;
    for (auto& [key, total] : totals)
        list.push_back(std::move(total));
    return list;
}

Result<bool> VaultReport::step(ports::StoreReader& reader) {
    if (!begun_) {
        VAULT_TRY(left_, vaults_to_read(reader, filter_));
        begun_ = true;
    }
    if (left_.empty()) return false;
    const ports::VaultRow& vault = left_.back();
    flows_of(vault.mode);  // a vault without entries has a row as well
    VAULT_TRY(const auto rows, reader.entries(vault.id, next_seq_, kJournalPage));
    for (const ports::EntryRow& row : rows) {
        VAULT_TRYV(take(row));
    }
    if (rows.size() == kJournalPage) {
        next_seq_ = rows.back().seq + 1;
        return true;
    }
    left_.pop_back();
    next_seq_ = 1;
    return !left_.empty();
}

}  // namespace vault::report
