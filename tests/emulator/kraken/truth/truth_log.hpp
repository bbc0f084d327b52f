#pragma once
// TruthLog: what really happened, one JSON line each: requests with who sent them, orders, fills,
// balance changes, public trades, status and listing. A test compares what a client believes with
// it. Lines hold the emulator's time alone, so the same seed and script write the same bytes. Books
// are not in it: they follow from orders and trades. Amounts are texts without zeros at the end,
// "n" is dense from 1. One thread.
#include "tests/emulator/kraken/exchange/exchange.hpp"
#include "tests/emulator/kraken/wire/json_writer.hpp"

#include <ostream>

namespace vault::kraken_emulator {

struct RequestSeen {
    Moment time;
    std::string key;  // name of the API key; empty if nobody's
    // A message of a socket has "SOCKET" and the socket's number.
    std::string method, path, query, body;
    unsigned status = 200;  // of the reply
    std::string refusal;    // empty if it was done
    // What a fault made of it, in the fault's words; else empty.
    std::string landing, answered;
};

class TruthLog {
  public:
    // Both outlive it.
    TruthLog(std::ostream& out, const Exchange& exchange) : out_(out), exchange_(exchange) {}

    void write(const Event& event);
    void write(const RequestSeen& request);
    // A request that was accepted earlier and is done now.
    void write_landing(Moment time, std::string_view key, std::string_view endpoint,
                       std::string_view refusal);
    // A message of a socket that a fault struck.
    void write_mishap(Moment time, std::uint64_t socket, std::string_view message,
                      std::string_view mishap);
    // A socket that the exchange closed of its own accord.
    void write_closed(Moment time, std::uint64_t socket, std::string_view reason);
    // Something that was done by way of the control endpoint, or by that step of a script; `what`
    // is a whole JSON document.
    void write_control(Moment time, std::string_view method, std::string_view what,
                       std::size_t step);
    void flush() { out_.flush(); }

  private:
    JsonWriter begin(Moment time, std::string_view kind);
    void end(JsonWriter& json);
    void write(const OrderEvent& event);
    void write(const LedgerEvent& event);
    void write(const TradeEvent& event);
    void write(const StatusEvent& event);
    void write(const ListingEvent& event);

    std::ostream& out_;
    const Exchange& exchange_;
    std::uint64_t lines_ = 0;
};

}  // namespace vault::kraken_emulator
