#pragma once
// KrakenHistory: what happened on an account of Kraken: OpenOrders first, so that an order that
// ends meanwhile is in one of the lists at least, then ClosedOrders and TradesHistory, page by
// page. These begin some minutes before the time that was asked for, since clocks differ. A taker's
// fills come one by one, as they were. Rows are read strictly: one that makes no sense fails the
// whole, as what is left out is not known. Owned by the composition root, and so is its Rest; on
// Rest's executor. Calls may overlap.
#include "daemon/exchange/kraken/rest.hpp"
#include "daemon/ports/history_reader.hpp"

namespace vault::exchange::kraken {

class KrakenHistory final : public ports::HistoryReader {
  public:
    // Both outlive it.
    KrakenHistory(Rest& rest, const Clock& clock) : rest_(rest), clock_(clock) {}

    // `exchange` is "kraken".
    boost::asio::awaitable<Result<ports::AccountHistory>> read(std::string exchange,
                                                               const Secret& key,
                                                               const Secret& secret, UtcTime since,
                                                               Duration limit) override;

  private:
    Rest& rest_;
    const Clock& clock_;
};

// Of a row of OpenOrders or ClosedOrders, or of TradesHistory, under that id. Errors: NotReady.
Result<ports::PastOrder> read_past_order(std::string id, std::string_view row);
Result<ports::PastTrade> read_past_trade(std::string id, std::string_view row);

}  // namespace vault::exchange::kraken
