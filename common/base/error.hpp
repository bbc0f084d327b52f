#pragma once
// What can go wrong in the world, as a value. An Error is a code from the one closed list below, a
// sentence for a person, the name of the input it is about (may be empty) and a hint that says what
// to do next. The stable text of each code, its exit code and its retry class live in
// common/protocol/errors.hpp; this header only names them. Values; any thread.
#include <string>
#include <string_view>
#include <utility>

namespace vault {

// Faults of a call (upper case on the wire) come first, refusals by a rule of the books (lower
// snake on the wire, the same words as decision reasons and states) after them.
enum class Errc {
    // The call itself.
    Usage,
    InvalidParams,
    FrameTooLarge,
    NotFound,
    Exists,
    IdemMismatch,
    NotReady,
    Busy,
    RateLimited,
    Draining,
    Expired,
    DaemonDown,
    NoSocketAccess,
    VersionMismatch,
    PermissionDenied,
    AuthRequired,        // nobody is signed in, or no longer
    MfaRequired,         // the second factor has to be shown first
    ReplyNotRepeatable,  // done before; what was answered then is a secret
    ConfigInvalid,
    OutcomeUnknown,
    Interrupted,  // Ctrl-C of the person who waited
    Io,
    Internal,
    StoreFailed,   // the store could not be read or written; nothing was booked
    StoreInvalid,  // settings, schema, chain or checkpoint of the store is not right
    // Rules of the books.
    TradeableBelowAllocated,
    TradeableAboveCap,
    AllocationAboveUnallocated,
    UnallocateAboveBalance,
    InsufficientReserve,
    InsufficientBalance,
    QuoteMismatch,
    WalletNotSelected,
    AmountTooLarge,
    InvariantBroken,
    NotFlat,
    WrongState,
    ModeNotPaper,
    BelowMinimum,
    FeeTooHigh,
    KeyRefused,  // an API key that may not be used: its validation found why
    ConfirmationNeeded,
};

class [[nodiscard]] Error {
  public:
    Error(Errc code, std::string message, std::string field = {}, std::string hint = {})
        : code_(code),
          message_(std::move(message)),
          field_(std::move(field)),
          hint_(std::move(hint)) {}

    Errc code() const { return code_; }
    const std::string& message() const { return message_; }
    const std::string& field() const { return field_; }
    const std::string& hint() const { return hint_; }

    Error with_field(std::string field) && {
        field_ = std::move(field);
        return std::move(*this);
    }
    Error with_hint(std::string hint) && {
        hint_ = std::move(hint);
        return std::move(*this);
    }

    friend bool operator==(const Error&, const Error&) = default;

  private:
    Errc code_;
    std::string message_;
    std::string field_;
    std::string hint_;
};

}  // namespace vault
