#pragma once
// What a new password must be, after NIST SP 800-63B and OWASP ASVS: long enough, and none that
// guessers try first. There are no rules of composition and passwords do not expire. Known-bad is:
// what stands in the list file that the configuration may name, and what has too little left once
// well-known words, the user's own names and runs such as 12345 or qwerty are taken out. Pure but
// for load(); any thread. The password is never repeated in an error.
#include "common/base/result.hpp"
#include "common/base/secret.hpp"

#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

namespace vault::identity {

inline constexpr std::size_t kShortestPassword = 12;  // letters, that is Unicode code points
inline constexpr std::size_t kLongestPassword = 128;
inline constexpr std::size_t kOwnLetters = 7;  // that no well-known word or run accounts for

class PasswordRules {
  public:
    PasswordRules() = default;  // without a list file
    // One password a line; case does not count, and what is too short to pass is skipped. Errors:
    // Io (cannot be read), ConfigInvalid (more than 64 MiB).
    static Result<PasswordRules> load(const std::string& path);

    // `context` has words that are easy to guess for this user: login name, names of product and
    // host. Errors: InvalidParams, field "password", with what to change.
    Result<void> check(const Secret& password, std::span<const std::string_view> context) const;

    std::size_t listed() const { return known_bad_.size(); }

  private:
    std::unordered_set<std::string> known_bad_;  // lower case
};

}  // namespace vault::identity
