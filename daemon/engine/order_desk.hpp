#pragma once
// OrderDesk: the one look at every order before its intent is written: what the order rules
// (risk/order_rules.hpp) compare, gathered from the world around its account. Reads only, but for
// note_sent(); the shard's thread.
#include "daemon/engine/world.hpp"
#include "daemon/ports/views.hpp"

namespace vault::engine {

class OrderDesk {
  public:
    explicit OrderDesk(const World& world) : world_(world) {}

    // `decided_on`: the price that the decision was made from; `urgent`: a stop-loss or a
    // liquidation. None: it may be sent.
    std::optional<risk::OrderRefusal> refuse(const OrderRequest& order, Price decided_on,
                                             bool urgent) const;
    // The rules in force: of the daemon, and of that account if there is one.
    std::vector<ports::CapView> views(const Account* account) const;

  private:
    risk::OrderFacts facts_of(const OrderRequest& order, Price decided_on, bool urgent) const;

    const World& world_;
};

// An order of the account left at `at`; what a minute has passed over is forgotten.
void note_sent(const World& world, Account& account, UtcTime at);

}  // namespace vault::engine
