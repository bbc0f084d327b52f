#pragma once
// Result<T>: a value or an Error, from Boost.Outcome. Taking the value of a failed Result is our
// bug and terminates. VAULT_TRY propagates; VAULT_CO_TRY does so inside a coroutine.
#include "common/base/error.hpp"

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/try.hpp>

namespace vault {

namespace outcome = boost::outcome_v2;

template <class T>
using Result = outcome::basic_result<T, Error, outcome::policy::terminate>;

inline auto success() {
    return outcome::success();
}

}  // namespace vault

// VAULT_TRY(auto x, expression): x is the value, or the enclosing function returns the Error.
#define VAULT_TRY(...) BOOST_OUTCOME_TRY(__VA_ARGS__)
#define VAULT_TRYV(...) BOOST_OUTCOME_TRYV(__VA_ARGS__)
#define VAULT_CO_TRY(...) BOOST_OUTCOME_CO_TRY(__VA_ARGS__)
#define VAULT_CO_TRYV(...) BOOST_OUTCOME_CO_TRYV(__VA_ARGS__)
