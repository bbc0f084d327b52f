#pragma once
// World: exchange, market, API and truth log as one thing that gets requests and the machine's
// clock. With scale 0 the clock does not matter, and the same requests write the same truth. One
// thread.
#include "tests/emulator/kraken/faults/fault_plan.hpp"
#include "tests/emulator/kraken/market/synthetic_market.hpp"
#include "tests/emulator/kraken/rest/gateway.hpp"
#include "tests/emulator/kraken/socket/hub.hpp"
#include "tests/emulator/kraken/truth/truth_log.hpp"
#include "tests/emulator/kraken/world/pace.hpp"

#include <ostream>

namespace vault::kraken_emulator {

struct WorldSettings {
    Settings exchange{};
    Moment start{};
    std::int64_t scale = 1'000;             // thousandths
    bool synthetic = true;                  // else prices move by the control endpoint alone
    Span history = std::chrono::hours{13};  // of public trades before the start: 780 minutes
};

class World {
  public:
    World(Instruments instruments, WorldSettings settings, std::ostream& truth, SteadyTime wall);

    Reply handle(const Request& request, SteadyTime wall);
    SocketNo open_socket(SocketSide side, Hub::Send send, SteadyTime wall);
    void receive(SocketNo socket, std::string_view text, SteadyTime wall);
    void close_socket(SocketNo socket) { hub_.close(socket); }
    // The server gives it up, because its client does not read.
    void cut_off(SocketNo socket, SteadyTime wall);
    // The market and all timers up to the moment that `wall` means.
    void advance(SteadyTime wall);

    // For the control endpoint.
    Exchange& exchange() { return exchange_; }
    KeyDesk& keys() { return gateway_.keys(); }
    Pace& pace() { return pace_; }
    TruthLog& truth() { return truth_; }
    FaultPlan& faults() { return faults_; }
    MessagePlan& message_faults() { return message_faults_; }
    std::uint64_t seed() const { return settings_.exchange.seed; }
    // A trade of others, from which the synthetic market goes on.
    void trade(PairNo pair, Side taker, Decimal price, Decimal quantity);
    // Writes down what the exchange did since, and tells the sockets.
    void record();

  private:
    void print_history();
    void land(Moment until);
    Reply carried_out(const Request& request, const Strike& strike, RequestSeen& seen);

    WorldSettings settings_;
    Exchange exchange_;
    Gateway gateway_;
    MessagePlan message_faults_;
    Hub hub_;
    SyntheticMarket market_;
    FaultPlan faults_;
    TruthLog truth_;
    Pace pace_;
    std::multimap<Moment, Gateway::Admitted> landing_;  // accepted, and not done yet
};

}  // namespace vault::kraken_emulator
