// VaultBooks::post(): the single place where money moves.
#include "daemon/ledger/invariants.hpp"
#include "daemon/ledger/planted_bug.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::ledger {
namespace {

Error broken(const Entry& entry, std::string what) {
    return Error{Errc::InvariantBroken,
                 fmt::format("entry {} ({}) of {}: {}", entry.seq, to_text(entry.kind),
                             to_text(entry.vault), what),
                 "ledger", "the vault needs attention; report this with vaultctl ledger export"};
}

// Two balances at their limits apart: no honest posting is larger.
constexpr Decimal kPostingMax = kBalanceMax + kBalanceMax;

Result<void> check_zero_sums(const Entry& entry) {
    if (entry.postings.empty()) return broken(entry, "it has no postings");
    for (const Posting& first : entry.postings) {
        if (first.amount.is_zero()) return broken(entry, "a posting of 0");
        if (first.amount.abs() > kPostingMax) {
            return Error{Errc::AmountTooLarge,
                         first.amount.text() + " " + std::string{first.asset.text()} +
                             " is more than the books can hold",
                         "amount", "use an amount up to 100000000000000000"};
        }
        Decimal sum;
        for (const Posting& posting : entry.postings) {
            if (posting.asset != first.asset) continue;
            VAULT_TRY(sum, add(sum, posting.amount));
        }
        if (!sum.is_zero()) {
            return broken(entry,
                          fmt::format("postings in {} sum to {}", first.asset.text(), sum.text()));
        }
    }
    return success();
}

bool is_sweep(EntryKind kind) {
    return kind == EntryKind::FlashSweep || kind == EntryKind::QuietSweep ||
           kind == EntryKind::SweepReturn;
}

}  // namespace

// Applies an entry to a copy of the books that post() keeps only if every check holds.
struct Poster {
    VaultBooks& books;
    const Entry& entry;

    static bool is_coins(const Posting& posting) {
        return posting.account.kind == AccountKind::Position ||
               posting.account.kind == AccountKind::Held;
    }

    // The base whose cost the quote posting at `at` moves: that of the sleeve's next posting in
    // coins, else of the one before.
    const Asset* base_of(std::size_t at) const {
        const auto& postings = entry.postings;
        const auto fits = [&](const Posting& posting) {
            return is_coins(posting) && posting.account.sleeve == postings[at].account.sleeve &&
                   posting.asset != books.asset_;
        };
        for (std::size_t i = at + 1; i < postings.size(); ++i) {
            if (fits(postings[i])) return &postings[i].asset;
        }
        for (std::size_t i = at; i-- > 0;) {
            if (fits(postings[i])) return &postings[i].asset;
        }
        return nullptr;
    }

    Position& position_at(SleeveKind kind, const Asset& base) const {
        auto& positions = books.own_sleeve(kind).positions;
        const auto at = std::lower_bound(
            positions.begin(), positions.end(), base,
            [](const Position& position, const Asset& key) { return position.base < key; });
        if (at != positions.end() && at->base == base) return *at;
        return *positions.insert(at, {base, {}, {}, {}, false});
    }

    VaultBooks::BaseContra& contra_at(const Asset& base) const {
        auto& contras = books.contras_;
        const auto at = std::lower_bound(contras.begin(), contras.end(), base,
                                         [](const VaultBooks::BaseContra& contra,
                                            const Asset& key) { return contra.base < key; });
        if (at != contras.end() && at->base == base) return *at;
        return *contras.insert(at, {base, {}, {}});
    }

    // Coins, and what pays for them on the other side.
    Result<Decimal*> base_slot(const Posting& posting) const {
        switch (posting.account.kind) {
            case AccountKind::ExternalFees: return &contra_at(posting.asset).external_fees;
            case AccountKind::Market: return &contra_at(posting.asset).market;
            case AccountKind::Position:
                return &position_at(*posting.account.sleeve, posting.asset).quantity;
            case AccountKind::Held:
                return &position_at(*posting.account.sleeve, posting.asset).held;
            case AccountKind::External:
            case AccountKind::Memo:
            case AccountKind::Reserve:
            case AccountKind::Unallocated:
            case AccountKind::Cash:
            case AccountKind::Locked:
            case AccountKind::Pending:
            case AccountKind::Fees:
            case AccountKind::Realised:
            case AccountKind::Principal: break;
        }
        return broken(
            entry, fmt::format("{} holds no {}", to_text(posting.account), posting.asset.text()));
    }

    Result<Decimal*> quote_slot(std::size_t at) const {
        const LedgerAccount& account = entry.postings[at].account;
        switch (account.kind) {
            case AccountKind::External: return &books.external_;
            case AccountKind::ExternalFees: return &books.external_fees_;
            case AccountKind::Memo: return &books.memo_;
            case AccountKind::Reserve: return &books.reserve_;
            case AccountKind::Unallocated: return &books.unallocated_;
            case AccountKind::Cash: return &books.own_sleeve(*account.sleeve).cash;
            case AccountKind::Locked: return &books.own_sleeve(*account.sleeve).locked;
            case AccountKind::Pending: return &books.own_sleeve(*account.sleeve).pending;
            case AccountKind::Fees: return &books.own_sleeve(*account.sleeve).fees;
            case AccountKind::Realised: return &books.own_sleeve(*account.sleeve).realised;
            case AccountKind::Principal: return &books.own_sleeve(*account.sleeve).principal;
            case AccountKind::Position: {
                const Asset* base = base_of(at);
                if (base == nullptr) return broken(entry, "a cost without its coins");
                return &position_at(*account.sleeve, *base).cost;
            }
            case AccountKind::Market:
            case AccountKind::Held: break;
        }
        return broken(entry, fmt::format("{} holds no {}", to_text(account), books.asset_.text()));
    }

    Result<void> apply() const {
        for (std::size_t i = 0; i < entry.postings.size(); ++i) {
            const Posting& posting = entry.postings[i];
            if (belongs_to_sleeve(posting.account.kind) != posting.account.sleeve.has_value()) {
                return broken(entry, "an account without its sleeve");
            }
            Decimal* slot = nullptr;
            if (posting.asset == books.asset_) {
                VAULT_TRY(slot, quote_slot(i));
            } else {
                VAULT_TRY(slot, base_slot(posting));
            }
            const bool credit = posting.account.kind == AccountKind::Realised;
            VAULT_TRY(*slot, add(*slot, credit ? -posting.amount : posting.amount));
        }
        note_sweeps();
        note_fee_float();
        tidy_positions();
        return success();
    }

    Decimal moved(const LedgerAccount& account) const {
        Decimal sum;
        for (const Posting& posting : entry.postings) {
            if (posting.account == account && posting.asset == books.asset_) sum += posting.amount;
        }
        return sum;
    }

    // A sweep is cash against unallocated without principal; only a correction can reverse one.
    void note_sweeps() const {
        if (!is_sweep(entry.kind) && entry.kind != EntryKind::Correction) return;
        for (const SleeveKind kind : kSleeveKinds) {
            const Decimal out = -moved(account(kind, AccountKind::Cash));
            if (out.is_zero() || moved(account(AccountKind::Unallocated)) != out) continue;
            if (!moved(account(kind, AccountKind::Principal)).is_zero()) continue;
            SleeveBooks& sleeve = books.own_sleeve(kind);
            sleeve.swept += out;
            const bool sweeps = out.is_positive() && entry.kind != EntryKind::Correction;
            sleeve.last_sweep = sweeps ? out : max(kZero, sleeve.last_sweep + out);
            sleeve.last_sweep = min(sleeve.last_sweep, max(kZero, sleeve.swept));
        }
    }

    // A third-asset fee is the only entry that books a sleeve's fee against external_fees in quote.
    void note_fee_float() const {
        if (entry.kind == EntryKind::ModeChange) {
            for (const SleeveKind kind : kSleeveKinds) {
                SleeveBooks& sleeve = books.own_sleeve(kind);
                sleeve.fee_float = sleeve.swept = sleeve.last_sweep = kZero;
            }
            return;
        }
        for (const SleeveKind kind : kSleeveKinds) {
            if (moved(account(kind, AccountKind::Fees)).is_zero()) continue;
            books.own_sleeve(kind).fee_float -= moved(account(AccountKind::ExternalFees));
        }
    }

    void tidy_positions() const {
        for (const SleeveKind kind : kSleeveKinds) {
            auto& positions = books.own_sleeve(kind).positions;
            if (entry.kind == EntryKind::BuyFill) {
                for (Position& position : positions) {
                    const LedgerAccount name = account(kind, AccountKind::Position);
                    const auto bought = [&](const Posting& posting) {
                        return posting.account == name && posting.asset == position.base;
                    };
                    if (std::any_of(entry.postings.begin(), entry.postings.end(), bought)) {
                        position.dust = false;
                    }
                }
            }
            std::erase_if(positions, [](const Position& position) {
                return position.quantity.is_zero() && position.held.is_zero() &&
                       position.cost.is_zero();
            });
        }
        std::erase_if(books.contras_, [](const VaultBooks::BaseContra& contra) {
            return contra.market.is_zero() && contra.external_fees.is_zero();
        });
    }
};

Result<void> VaultBooks::post(const Entry& entry) {
    if (entry.vault != vault_) return broken(entry, "it belongs to another vault");
    if (entry.seq != head_.seq + 1) return broken(entry, "its seq is not the next");
    if (entry.prev_hash != head_.hash) return broken(entry, "it is not chained to the last entry");
    if (!VAULT_PLANTED(UnbalancedPosting)) {
        VAULT_TRYV(check_zero_sums(entry));
    }
    VaultBooks next = *this;
    VAULT_TRYV((Poster{next, entry}.apply()));
    next.head_ = ChainHead{entry.seq, entry.hash};
    VAULT_TRYV(check_identities(next));
    *this = std::move(next);
    return success();
}

}  // namespace vault::ledger
