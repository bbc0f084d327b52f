#pragma once
// Entry: one line of a vault's journal: postings that sum to zero per asset, why and by whom, and
// its place in the vault's hash chain. Its idempotency key is derived, "<vault>:<kind>:<cause>", so
// that the uniqueness of (vault, kind, cause) and of the key are one fact. Values; any thread.
#include "common/base/hash.hpp"
#include "common/base/time.hpp"
#include "common/domain/asset.hpp"
#include "common/domain/decimal.hpp"
#include "daemon/ledger/account.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vault::ledger {

struct Posting {
    LedgerAccount account;
    Asset asset;
    Decimal amount;  // never 0 in a booked entry
    friend bool operator==(const Posting&, const Posting&) = default;
};

enum class EntryKind : std::uint8_t {
    Opening,
    Deposit,
    Withdrawal,
    ManualTrade,  // funding by a trade of the user's own hand, in or out
    AutoRaise,
    SetTradeable,
    Allocate,
    Unallocate,
    UnallocateReturn,  // an unallocate request paid on a close
    PendingJoin,       // pending -> cash, in the transaction of the next buy's lock
    BuyIntent,
    SellIntent,
    OrderEnd,
    BuyFill,
    SellFill,
    FlashSweep,
    QuietSweep,
    SweepReturn,      // a late fill needed money that was swept
    Overdraft,        // a late fill spent more than its sleeve had; external stands in
    OverdraftReturn,  // and is paid back
    DustWriteDown,
    FeePaid,  // this vault's asset paid the fee of another vault's trade
    Correction,
    ModeChange,
};
inline constexpr std::size_t kEntryKinds = 24;

std::string_view to_text(EntryKind kind);  // "opening", "flash_sweep" …
// Errors: InvalidParams.
Result<EntryKind> parse_entry_kind(std::string_view text);

// What every entry of a transaction says about its origin. Cause is "<source>:<id>[:<n>]".
struct EntryContext {
    std::string cause;
    Mode mode = Mode::Paper;
    UtcTime at;
    std::string actor;
};

struct Entry {
    VaultId vault;
    std::uint64_t seq = 0;  // dense from 1 per vault
    std::uint64_t tx = 0;   // seq of the first entry of its transaction
    EntryKind kind = EntryKind::Opening;
    std::string cause;
    Mode mode = Mode::Paper;
    UtcTime at;
    std::string actor;
    std::vector<Posting> postings;  // in booked order
    Digest prev_hash{};             // of the entry before; zeros for the first
    Digest hash{};
    friend bool operator==(const Entry&, const Entry&) = default;
};

std::string entry_key(VaultId vault, std::string_view kind, std::string_view cause);
std::string entry_key(const Entry& entry);

}  // namespace vault::ledger
