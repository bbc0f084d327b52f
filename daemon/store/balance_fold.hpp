#pragma once
// BalanceFold: what a vault's journal sums to, from its postings as stored. Both stores prove their
// balance rows with it. It reads the canonical text itself, without building postings, because the
// full check reads half a million entries a second; anything but what ledger::postings_json()
// writes is refused. A value; one thread at a time.
#include "daemon/ledger/canonical.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace vault::store {

class BalanceFold {
  public:
    // Adds one entry's postings. Errors (StoreInvalid): not canonical, does not sum to zero per
    // asset, overflow. After an error the sums are not to be used.
    Result<void> add(std::string_view postings_json);
    // "account asset amount\n" per sum that is not zero, in order of account and asset.
    std::string text() const;
    static Result<BalanceFold> parse(std::string_view text);

  private:
    struct Sum {
        std::string account;
        std::string asset;
        Decimal::Raw raw = 0;
    };
    struct Zero {
        std::string_view asset;
        Decimal::Raw raw = 0;
    };
    // nullptr if account or asset is no name of ours.
    Sum* find(std::string_view account, std::string_view asset);
    bool add_one(std::string_view account, std::string_view asset, Decimal::Raw raw);

    std::vector<Sum> sums_;
    std::size_t next_ = 0;    // where the last search ended
    std::vector<Zero> zero_;  // of the entry being added
};

}  // namespace vault::store
