#pragma once
// Bounds on what comes in from outside, so that sums inside the ledger cannot leave Decimal's
// range. Private to the room. Pure; any thread.
#include "daemon/ledger/vault_books.hpp"

namespace vault::ledger {

inline Result<void> check_not_negative(Decimal amount, std::string_view field) {
    if (amount.is_negative()) {
        return Error{Errc::InvalidParams, std::string{field} + " is " + amount.text(),
                     std::string{field}, "use an amount that is not below 0"};
    }
    if (amount > kBalanceMax) {
        return Error{Errc::AmountTooLarge, amount.text() + " is more than the books can hold",
                     std::string{field}, "use an amount up to 100000000000000000"};
    }
    return success();
}

inline Result<void> check_positive(Decimal amount, std::string_view field) {
    if (amount.is_zero()) {
        return Error{Errc::InvalidParams, std::string{field} + " is 0", std::string{field},
                     "use an amount above 0"};
    }
    return check_not_negative(amount, field);
}

// 0 … 100.
inline Result<void> check_percent(Decimal percent, std::string_view field) {
    if (!percent.is_negative() && percent <= Decimal::from_int(100)) return success();
    return Error{Errc::InvalidParams, std::string{field} + " is " + percent.text(),
                 std::string{field}, "use 0 to 100"};
}

}  // namespace vault::ledger
