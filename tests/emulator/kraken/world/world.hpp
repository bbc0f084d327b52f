#pragma once
// World: exchange, market, API, script and truth log as one thing that gets requests and the
// machine's clock. With scale 0 the clock does not matter, and the same requests write the same
// truth. One thread.
#include "tests/emulator/kraken/faults/fault_plan.hpp"
#include "tests/emulator/kraken/rest/gateway.hpp"
#include "tests/emulator/kraken/socket/hub.hpp"
#include "tests/emulator/kraken/truth/truth_log.hpp"
#include "tests/emulator/kraken/world/door.hpp"
#include "tests/emulator/kraken/world/pace.hpp"
#include "tests/emulator/kraken/world/replays.hpp"
#include "tests/emulator/kraken/world/script.hpp"

#include <ostream>
#include <variant>

namespace vault::kraken_emulator {

struct WorldSettings {
    Settings exchange{};
    Moment start{};
    std::int64_t scale = 1'000;             // thousandths
    bool synthetic = true;                  // else what is not replayed moves as told alone
    std::vector<PlannedReplay> replays{};   // the earliest of them begins at the start
    Span history = std::chrono::hours{13};  // of public trades before the start: 780 minutes
};

class World {
  public:
    World(Instruments instruments, WorldSettings settings, std::ostream& truth, SteadyTime wall);

    Reply handle(const Request& request, SteadyTime wall);
    // What a client gets who may open no socket now; nullopt: he may.
    std::optional<Reply> turned_away(const std::string& path, const std::string& address,
                                     SteadyTime wall);
    SocketNo open_socket(SocketSide side, Hub::Send send, SteadyTime wall);
    void receive(SocketNo socket, std::string_view text, SteadyTime wall);
    void close_socket(SocketNo socket) { hub_.close(socket); }
    // The server gives it up, because its client does not read.
    void cut_off(SocketNo socket, SteadyTime wall);
    // The market, all timers and the script up to the moment that `wall` means.
    void advance(SteadyTime wall);
    // Plays it from now on, instead of any other.
    void play(Script script, SteadyTime wall);
    // The error that ended the script; nullopt: none did.
    const std::optional<Error>& failure() const { return failure_; }

    // For the control endpoint.
    Exchange& exchange() { return exchange_; }
    KeyDesk& keys() { return gateway_.keys(); }
    Pace& pace() { return pace_; }
    TruthLog& truth() { return truth_; }
    FaultPlan& faults() { return faults_; }
    Hub& sockets() { return hub_; }
    Door& door() { return door_; }
    MessagePlan& message_faults() { return message_faults_; }
    std::uint64_t seed() const { return settings_.exchange.seed; }
    // A trade of others, from which the synthetic market goes on.
    void trade(PairNo pair, Side taker, Decimal price, Decimal quantity);
    // From now on that is the pair's market. Returns when its first row comes.
    Moment replay(const PlannedReplay& planned);
    std::optional<SourceState> market_state(PairNo pair) const { return market_.state(pair); }
    // Writes down what the exchange did since, and tells the sockets.
    void record();

  private:
    // Accepted, and not done yet.
    using PutOff = std::variant<Gateway::Admitted, OrderEntry>;
    struct Landed {
        std::string key{}, endpoint{}, refusal{};
    };

    void open_market();
    void end_walks();
    void print_history();
    void pass(Moment until);
    bool has_step(Moment by) const { return script_.next() && *script_.next() <= by; }
    void run_step(SteadyTime wall);
    void notice(const Event& event);
    bool land_one();
    Landed carried_out(const Gateway::Admitted& admitted);
    Landed carried_out(const OrderEntry& entry);
    Answer<Gateway::Admitted> let_in(const Request& request, std::string& key);
    void write(RequestSeen& seen, const std::optional<Strike>& struck, std::string_view endpoint);
    Reply carried_out(const Request& request, const Strike& strike, RequestSeen& seen);

    WorldSettings settings_;
    Exchange exchange_;
    Gateway gateway_;
    FaultPlan faults_;
    MessagePlan message_faults_;
    Hub hub_;
    Door door_;
    Market market_;
    TruthLog truth_;
    Pace pace_;
    std::multimap<Moment, PutOff> landing_;
    Script script_;
    std::optional<Error> failure_;
};

}  // namespace vault::kraken_emulator
