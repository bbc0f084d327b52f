#include "daemon/report/verify.hpp"

#include "daemon/ledger/chain.hpp"
#include "daemon/report/entry_columns.hpp"
#include "daemon/report/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace vault::report {

namespace {

// One mismatch between what is stored and what the journal makes; empty if there is none.
std::string compare_balances(const std::vector<ports::BalanceRow>& stored,
                             const ledger::VaultBooks& books) {
    std::map<std::pair<std::string, Asset>, Decimal> expected;
    for (const ledger::Balance& balance : books.balances())
        expected[{std::string(ledger::to_text(balance.account)), balance.asset}] = balance.amount;
    for (const ports::BalanceRow& row : stored) {
        const auto it = expected.find({row.account, row.asset});
        const Decimal wanted = it == expected.end() ? kZero : it->second;
        if (it != expected.end()) expected.erase(it);
        if (wanted != row.amount)
            return fmt::format("{} {} is stored as {}, the journal makes {}", row.account,
                               row.asset.text(), row.amount.text(), wanted.text());
    }
    for (const auto& [key, amount] : expected)
        if (!amount.is_zero())
            return fmt::format("{} {} is not stored, the journal makes {}", key.first,
                               key.second.text(), amount.text());
    return {};
}

}  // namespace

struct LedgerVerifier::Walk {
    explicit Walk(const ports::VaultRow& row)
        : vault(row.id),
          user(row.user),
          account(row.account),
          chain(row.id),
          books(row.id, row.asset) {}

    VaultId vault;
    UserId user;
    AccountId account;
    ledger::ChainVerifier chain;
    ledger::VaultBooks books;
    std::unordered_set<std::string> keys;                    // kind and cause
    std::optional<std::vector<ports::BalanceRow>> balances;  // read when the end was reached
    std::optional<VerifyProblem> problem;

    void fail(std::uint64_t seq, std::string what, std::string message) {
        problem = VerifyProblem{vault, seq, std::move(what), std::move(message)};
    }
    void check(const ports::EntryRow& row) {
        const StoredColumns stored(row);
        const auto linked = chain.next(stored.columns, row.hash);
        if (!linked) return fail(row.seq, "chain", linked.error().message());
        if (row.owner.user != user || row.owner.account != account)
            return fail(row.seq, "owner",
                        fmt::format("it names {} and {}, but the vault is of {} and {}",
                                    to_text(row.owner.user), to_text(row.owner.account),
                                    to_text(user), to_text(account)));
        if (!keys.insert(row.kind + ' ' + row.cause).second)
            return fail(row.seq, "duplicate",
                        fmt::format("{} of {} is booked twice", row.kind, row.cause));
        const auto entry = ledger::parse_entry(stored.columns, row.hash);
        if (!entry) return fail(row.seq, "entry", entry.error().message());
        const auto posted = books.post(entry.value());
        if (!posted) fail(row.seq, "entry", posted.error().message());
    }
};

LedgerVerifier::LedgerVerifier(std::optional<std::vector<VaultId>> among)
    : among_(std::move(among)) {}
LedgerVerifier::~LedgerVerifier() = default;

Result<void> LedgerVerifier::begin(ports::StoreReader& reader) {
    VAULT_TRY(left_, reader.vaults());
    if (among_)
        std::erase_if(left_, [this](const ports::VaultRow& row) {
            return std::ranges::find(*among_, row.id) == among_->end();
        });
    if (among_ && !among_->empty() && left_.empty())
        return Error(Errc::NotFound, fmt::format("there is no vault {}", to_text(among_->front())),
                     "vault", "vaultctl vault list shows the vaults");
    std::ranges::sort(left_, std::ranges::greater{}, &ports::VaultRow::id);
    begun_ = true;
    return success();
}

// One page of the current vault. An empty page after the balances were read means that they belong
// to exactly the entries seen so far.
Result<void> LedgerVerifier::walk(ports::StoreReader& reader, bool& ended) {
    const std::uint64_t next = walk_->chain.head().seq + 1;
    VAULT_TRY(const auto rows, reader.entries(walk_->vault, next, kJournalPage));
    if (!rows.empty()) walk_->balances.reset();
    for (const ports::EntryRow& row : rows) {
        walk_->check(row);
        if (walk_->problem) break;
        ++result_.entries;
    }
    if (!walk_->problem && rows.empty() && walk_->balances) {
        const std::string mismatch = compare_balances(*walk_->balances, walk_->books);
        if (!mismatch.empty()) walk_->fail(0, "balance", mismatch);
        ended = true;
    }
    if (walk_->problem) {
        result_.problems.push_back(*walk_->problem);
        ended = true;
    }
    if (ended || rows.size() == kJournalPage) return success();
    VAULT_TRY(walk_->balances, reader.balances(walk_->vault));
    return success();
}

Result<bool> LedgerVerifier::step(ports::StoreReader& reader) {
    if (!begun_) {
        VAULT_TRYV(begin(reader));
    }
    if (!walk_) {
        if (left_.empty()) return false;
        walk_ = std::make_unique<Walk>(left_.back());
        left_.pop_back();
    }
    bool ended = false;
    VAULT_TRYV(walk(reader, ended));
    if (ended) {
        ++result_.vaults;
        walk_.reset();
    }
    return walk_ != nullptr || !left_.empty();
}

}  // namespace vault::report
