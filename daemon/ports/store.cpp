#include "daemon/ports/store.hpp"

namespace vault::ports {

std::size_t Batch::row_count() const {
    return users.size() + accounts.size() + vaults.size() + entries.size() + balances.size() +
           orders.size() + fills.size() + decisions.size() + prices.size() + allocations.size() +
           sweeps.size() + pauses.size() + cycles.size() + day_closes.size() + events.size() +
           audits.size() + replies.size() + states.size() + api_keys.size() + key_policies.size() +
           identity.row_count() + secrets.row_count();
}

}  // namespace vault::ports
