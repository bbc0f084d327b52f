#pragma once
// The one table over vault::Errc: the stable string code that other programs branch on, the
// JSON-RPC number, the exit code of vaultctl (and the table of those), whether a repeat makes
// sense, and what to do next when the error itself does not say. Faults of a call are UPPER_SNAKE;
// refusals by a rule of the books are lower_snake, the words that decisions and states use too.
// Constant data; any thread; cannot fail.
#include "common/base/error.hpp"

#include <array>
#include <string>
#include <string_view>

namespace vault::protocol {

// What a failed call did to the books.
enum class Effect { None, Applied, Unknown };
std::string_view to_text(Effect effect);
// Unknown for any other word, because that is the careful reading.
Effect parse_effect(std::string_view text);

struct ErrorRow {
    Errc errc;
    std::string_view code;  // stable for ever
    int rpc;                // JSON-RPC error number, never reused; 1013 and 1111 were given once
    int exit_code;          // design/control.md, "Exit codes"
    bool retryable;         // the same call may succeed later, nothing was done
    std::string_view hint;  // used when the Error carries none
};

namespace exits {
inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;
inline constexpr int kFalse = 3;
inline constexpr int kNotFound = 4;
inline constexpr int kConflict = 5;
inline constexpr int kPartly = 6;
inline constexpr int kUsage = 64;
inline constexpr int kBadInput = 65;
inline constexpr int kUnreachable = 69;
inline constexpr int kInternal = 70;
inline constexpr int kOutput = 74;
inline constexpr int kTemporary = 75;
inline constexpr int kVersions = 76;
inline constexpr int kNotAllowed = 77;
inline constexpr int kConfig = 78;
inline constexpr int kUnknownOutcome = 124;
inline constexpr int kInterrupted = 130;
}  // namespace exits

struct ExitRow {
    int code;
    std::string_view meaning;
};
inline constexpr std::array kExitTable{
    ExitRow{exits::kDone, "done, or already so"},
    ExitRow{exits::kRefused, "refused by a rule"},
    ExitRow{exits::kFalse, "predicate false: health, wait, doctor, verify, why-not-trading"},
    ExitRow{exits::kNotFound, "not found"},
    ExitRow{exits::kConflict, "conflict with what exists"},
    ExitRow{exits::kPartly, "partly done"},
    ExitRow{exits::kUsage, "usage: unknown command or flag, confirmation missing"},
    ExitRow{exits::kBadInput, "bad input"},
    ExitRow{exits::kUnreachable, "daemon not reachable"},
    ExitRow{exits::kInternal, "internal fault"},
    ExitRow{exits::kOutput, "input or output error: a file or standard output failed"},
    ExitRow{exits::kTemporary, "temporary, nothing was done"},
    ExitRow{exits::kVersions, "versions do not fit"},
    ExitRow{exits::kNotAllowed, "not logged in or not allowed"},
    ExitRow{exits::kConfig, "bad configuration or store"},
    ExitRow{exits::kUnknownOutcome, "sent, outcome unknown; prints the idempotency key"},
    ExitRow{exits::kInterrupted, "interrupted"},
};

inline constexpr std::array kErrorTable{
    ErrorRow{Errc::Usage, "USAGE", -32600, exits::kUsage, false, "see: vaultctl help"},
    ErrorRow{Errc::InvalidParams, "INVALID_PARAMS", -32602, exits::kBadInput, false,
             "correct the named value and call again"},
    ErrorRow{Errc::FrameTooLarge, "FRAME_TOO_LARGE", 1001, exits::kBadInput, false,
             "a request is one line of at most 1 MiB; split it"},
    ErrorRow{Errc::NotFound, "NOT_FOUND", 1002, exits::kNotFound, false,
             "the list verb of the same noun shows what exists"},
    ErrorRow{Errc::Exists, "EXISTS", 1003, exits::kConflict, false,
             "use the existing one or choose another name"},
    ErrorRow{Errc::IdemMismatch, "IDEM_MISMATCH", 1004, exits::kConflict, false,
             "this idempotency key was used for another request; take a new key"},
    ErrorRow{Errc::NotReady, "NOT_READY", 1005, exits::kTemporary, true,
             "the daemon is starting; look at: vaultctl status"},
    ErrorRow{Errc::Busy, "BUSY", 1006, exits::kTemporary, true, "try again in a moment"},
    ErrorRow{Errc::RateLimited, "RATE_LIMITED", 1007, exits::kTemporary, true,
             "send fewer calls per second"},
    ErrorRow{Errc::Draining, "DRAINING", 1008, exits::kTemporary, true,
             "the daemon is stopping; repeat the call when it is back"},
    ErrorRow{Errc::Expired, "EXPIRED_BEFORE_START", 1009, exits::kTemporary, true,
             "the deadline passed before the call was started; allow more with --timeout"},
    ErrorRow{Errc::DaemonDown, "DAEMON_DOWN", 1010, exits::kUnreachable, true,
             "start vaultd, or name its socket with --socket"},
    ErrorRow{Errc::NoSocketAccess, "NO_SOCKET_ACCESS", 1011, exits::kUnreachable, false,
             "join the group that owns the socket and log in again"},
    ErrorRow{Errc::VersionMismatch, "PROTO_RANGE", 1012, exits::kVersions, false,
             "install vaultctl and vaultd of the same release"},
    ErrorRow{Errc::PermissionDenied, "PERM_DENIED", 1014, exits::kNotAllowed, false,
             "ask an admin for the right that this call needs"},
    ErrorRow{Errc::AuthRequired, "AUTH_REQUIRED", 1021, exits::kNotAllowed, false,
             "sign in with: vaultctl login NAME"},
    ErrorRow{Errc::MfaRequired, "MFA_REQUIRED", 1022, exits::kNotAllowed, false,
             "show the second factor with: vaultctl mfa verify"},
    ErrorRow{Errc::ReplyNotRepeatable, "REPLY_NOT_REPEATABLE", 1023, exits::kConflict, false,
             "it was done by the first call; make a new one if its secret is lost"},
    ErrorRow{Errc::ConfigInvalid, "CONFIG_INVALID", 1015, exits::kConfig, false,
             "check the file with: vaultd --check-config"},
    ErrorRow{Errc::OutcomeUnknown, "OUTCOME_UNKNOWN", 1016, exits::kUnknownOutcome, false,
             "repeat the call with the same idempotency key to learn the outcome"},
    ErrorRow{Errc::Interrupted, "INTERRUPTED", 1020, exits::kInterrupted, false,
             "nothing was done; call again when it suits"},
    ErrorRow{Errc::Io, "IO", 1017, exits::kOutput, false,
             "check free space and permissions of the file or stream"},
    ErrorRow{Errc::Internal, "INTERNAL", -32603, exits::kInternal, false,
             "this is a fault of ours; please report it with the daemon's log"},
    ErrorRow{Errc::StoreFailed, "STORE_FAILED", 1018, exits::kTemporary, true,
             "nothing was booked; check the disk and try again"},
    ErrorRow{Errc::StoreInvalid, "STORE_INVALID", 1019, exits::kConfig, false,
             "restore the store from a verified backup; do not edit it"},
    ErrorRow{Errc::TradeableBelowAllocated, "tradeable_below_allocated", 1101, exits::kRefused,
             false, "unallocate from the sleeves first"},
    ErrorRow{Errc::TradeableAboveCap, "tradeable_above_cap", 1102, exits::kRefused, false,
             "lower the amount or the reserve: vaultctl vault reserve V PCT"},
    ErrorRow{Errc::AllocationAboveUnallocated, "allocation_above_unallocated", 1103,
             exits::kRefused, false,
             "raise Tradeable Coins: vaultctl vault set-tradeable V AMOUNT"},
    ErrorRow{Errc::UnallocateAboveBalance, "unallocate_above_balance", 1104, exits::kRefused, false,
             "ask for at most the sleeve's balance: vaultctl sleeve show V S"},
    ErrorRow{Errc::InsufficientReserve, "insufficient_reserve", 1105, exits::kRefused, false,
             "deposit, or ask for less"},
    ErrorRow{Errc::InsufficientBalance, "insufficient_balance", 1106, exits::kRefused, false,
             "look at the wallet: vaultctl account show A"},
    ErrorRow{Errc::QuoteMismatch, "quote_mismatch", 1107, exits::kRefused, false,
             "a vault trades only pairs whose quote is its own asset"},
    ErrorRow{Errc::WalletNotSelected, "wallet_not_selected", 1108, exits::kRefused, false,
             "select it: vaultctl user wallets NAME --add ASSET"},
    ErrorRow{Errc::AmountTooLarge, "amount_too_large", 1109, exits::kRefused, false,
             "a balance may not pass 10^17"},
    ErrorRow{Errc::InvariantBroken, "invariant_broken", 1110, exits::kInternal, false,
             "the vault is quarantined; run: vaultctl ledger verify V"},
    ErrorRow{Errc::NotFlat, "not_flat", 1112, exits::kRefused, false,
             "wait until no position and no order is open"},
    ErrorRow{Errc::WrongState, "wrong_state", 1113, exits::kRefused, false,
             "look at the state first: vaultctl vault show V"},
    ErrorRow{Errc::ModeNotPaper, "mode_not_paper", 1114, exits::kRefused, false,
             "only a paper account can do this"},
    ErrorRow{Errc::BelowMinimum, "below_minimum", 1115, exits::kRefused, false,
             "the pair's minimum is in: vaultctl market pairs"},
    ErrorRow{Errc::FeeTooHigh, "fee_too_high", 1116, exits::kRefused, false,
             "a round trip must be able to earn its fees; raise stop_loss or lower the fee"},
    ErrorRow{Errc::KeyRefused, "key_refused", 1118, exits::kRefused, false,
             "mend the key at the exchange, then add it again"},
    ErrorRow{Errc::ConfirmationNeeded, "confirmation_needed", 1117, exits::kUsage, false,
             "confirm with --yes"},
};
inline constexpr std::size_t kErrcCount = static_cast<std::size_t>(Errc::ConfirmationNeeded) + 1;

constexpr bool error_table_is_dense() {
    if (kErrorTable.size() != kErrcCount) return false;
    for (std::size_t i = 0; i < kErrorTable.size(); ++i)
        if (static_cast<std::size_t>(kErrorTable[i].errc) != i) return false;
    return true;
}
static_assert(error_table_is_dense(), "every Errc has its row, in the order of the enum");

constexpr const ErrorRow& error_row(Errc errc) {
    return kErrorTable[static_cast<std::size_t>(errc)];
}
// Null if no row has this code.
const ErrorRow* find_error(std::string_view code);

// The message, with the field in front unless it is named in it already: whoever reads one line
// must learn which of the values was wrong.
std::string message_with_field(const Error& error);

}  // namespace vault::protocol
