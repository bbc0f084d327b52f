#pragma once
// Load: traders who open accounts at a running emulator, listen on a private socket each, and send
// orders and cancels at a steady rate over their sockets and over REST connections that are kept
// alive. It keeps count of every answer and tells the story of every message. What breaks ends the
// program. One thread.
#include "common/base/clock.hpp"
#include "tests/emulator/kraken/bench/emulator_process.hpp"
#include "tests/emulator/kraken/bench/lines.hpp"
#include "tests/emulator/kraken/bench/load_plan.hpp"
#include "tests/emulator/kraken/bench/story.hpp"

#include <array>
#include <deque>
#include <memory>

namespace vault::emulator_load {

class FlatMessage;

struct LoadShape {
    std::size_t orders = 50'000;
    double per_second = 5'000;
    std::size_t sockets = 200;
    std::uint64_t seed = 1;
};

struct LoadCount {
    std::uint64_t orders = 0, cancels = 0;  // requests
    std::uint64_t acknowledged = 0, refused = 0;
    std::uint64_t received = 0;  // messages and replies
    std::uint64_t gaps = 0;      // of sequences
    std::uint64_t unasked = 0;   // answers to nothing, or doubled
    std::uint64_t unseen = 0;    // orders that were acknowledged and that no socket told of
    std::string first_refusal;
    double seconds = 0;               // from the first order to its last answer
    double emulator_cpu = 0;          // seconds, of the same time
    std::vector<double> ack_seconds;  // from when each order was due
};

class Load {
  public:
    static constexpr std::string_view kPrefix = "trader-";  // of accounts

    Load(EmulatorProcess& emulator, LoadShape shape);
    ~Load();
    // Returns when all is answered and told, or nothing came for long.
    void run();
    const LoadCount& count() const { return count_; }
    const Story& told() const { return told_; }

  private:
    struct Trader {
        std::string name, key, secret, token;
        std::uint64_t nonce = 0;
        std::unique_ptr<WebSocket> socket;
        std::array<std::uint64_t, 2> sequences{};  // of executions and balances
        bool settled = false;                      // answered the last ping
    };
    struct Asked {
        std::size_t trader = 0;
        SteadyTime due{};
        bool order = true;  // else a cancel
        bool cancel_later = false, over_rest = false, answered = false;
    };
    struct Cancel {
        SteadyTime at{};
        std::size_t trader = 0;
        std::string order;
        bool over_rest = false;
    };
    struct RestLine {
        std::unique_ptr<HttpLine> line;
        struct Call {
            std::uint64_t number = 0;
            std::string method, form;
        };
        std::deque<Call> calls;  // the first one is under way
    };

    // load_setup.cpp
    void open_accounts();
    void open_sockets();
    std::string_view control(std::string_view method, std::string_view body);
    void subscribe(std::size_t trader);
    void post_signed(Trader& trader, HttpLine& line, std::string_view method,
                     const std::string& form);
    void watch(int fd, std::size_t number);
    // load.cpp
    void send_due();
    void send_order(SteadyTime due);
    void send_cancel(const Cancel& cancel);
    void call(std::size_t trader, RestLine::Call call);
    void start_call(RestLine& rest);
    bool pump();
    void flush();
    void take(std::size_t number);
    void take_rest(RestLine& rest);
    void take_public(const FlatMessage& message);
    void take_message(std::size_t trader, const FlatMessage& message);
    void take_rows(Trader& trader, const FlatMessage& message);
    void answer(std::uint64_t number, std::string_view order, std::string_view error);
    void end_of_orders();
    bool sent_all() const;
    bool all_settled() const;
    void settle();

    EmulatorProcess& emulator_;
    LoadShape shape_;
    LoadPlan plan_;
    HttpLine control_;
    std::vector<Trader> traders_;
    std::vector<RestLine> rest_;
    std::unique_ptr<WebSocket> public_;
    std::deque<Asked> asked_;  // by number, from 1
    std::deque<Cancel> cancels_;
    std::vector<std::string> acknowledged_;  // "account order"
    int watch_ = -1;                         // epoll: traders, REST connections, the public socket
    LoadCount count_;
    Story told_;
    bool public_settled_ = false;
    std::size_t orders_answered_ = 0;
    SteadyTime begun_{};
    double cpu_begun_ = 0;
};

}  // namespace vault::emulator_load
