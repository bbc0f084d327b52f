#include "daemon/ledger/canonical.hpp"
#include "daemon/report/journal.hpp"
#include "daemon/report/span_reports.hpp"
#include "daemon/report/sums.hpp"

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

Holdings holdings_of(const VaultSums& sums) {
    return {sums.reserve, sums.unallocated, sums.of(SleeveKind::Quiet).balance,
            sums.of(SleeveKind::Flash).balance};
}

}  // namespace

Result<Decimal> Holdings::total() const {
    VAULT_TRY(const Decimal own, add(reserve, unallocated));
    VAULT_TRY(const Decimal sleeves, add(quiet, flash));
    return add(own, sleeves);
}

VaultFlows& VaultReport::flows_of(Mode mode) {
    const VaultMark& vault = queue_.front();
    // The vault that is being read stands at the end.
    for (auto row = vaults_.rbegin(); row != vaults_.rend() && row->vault == vault.vault; ++row)
        if (row->mode == mode) return *row;
    VaultFlows fresh;
    fresh.vault = vault.vault;
    fresh.user = vault.user;
    fresh.account = vault.account;
    fresh.asset = vault.asset;
    fresh.mode = mode;
    return vaults_.emplace_back(std::move(fresh));
}

Result<void> VaultReport::take(const ports::EntryRow& row) {
    VaultFlows& flows = flows_of(row.owner.mode);
    VAULT_TRY(const Moves moves, moves_of(row, flows.asset));
    VAULT_TRYV(add_to(flows.closing, moves.holdings));
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

VaultReport::Reading VaultReport::begin() const {
    const VaultMark& mark = queue_.front();
    Reading reading;
    if (!queue_.from()) return reading;
    reading.opening.emplace(mark, *queue_.from());
    reading.first.emplace(mark.vault, *queue_.from(), mark.seq + 1);
    return reading;
}

// One step of the vault's reading. False when it has all been read.
Result<bool> VaultReport::read(ports::StoreReader& reader) {
    if (reading_->opening) {
        VAULT_TRY(const bool more, reading_->opening->step(reader));
        if (more) return true;
        // A vault without entries in the span has a row as well.
        VaultFlows& flows = flows_of(queue_.front().mode);
        flows.opening = flows.closing = holdings_of(reading_->opening->sums());
        reading_->opening.reset();
        return true;
    }
    if (reading_->first) {
        VAULT_TRY(const bool more, reading_->first->step(reader));
        reading_->next = reading_->first->seq();
        if (!more) reading_->first.reset();
        return true;
    }
    return read_entries(reader);
}

Result<bool> VaultReport::read_entries(ports::StoreReader& reader) {
    const VaultMark& mark = queue_.front();
    flows_of(mark.mode);
    if (reading_->next > mark.seq) return false;
    const auto count = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(mark.seq + 1 - reading_->next, kJournalPage));
    VAULT_TRY(const auto rows, reader.entries(mark.vault, reading_->next, count));
    for (const ports::EntryRow& row : rows) {
        if (queue_.to() && row.at >= *queue_.to()) return false;
        VAULT_TRYV(take(row));
    }
    reading_->next += count;
    return rows.size() == count;
}

Result<bool> VaultReport::step(ports::StoreReader& reader) {
    VAULT_TRYV(queue_.check());
    if (queue_.empty()) return false;
    if (!reading_) reading_.emplace(begin());
    VAULT_TRY(const bool more, read(reader));
    if (more) return true;
    reading_.reset();
    queue_.pop();
    return !queue_.empty();
}

}  // namespace vault::report
