#pragma once
// Turns: one caller at a time, in the order in which they came, none longer than it cares to wait.
// Kraken wants the nonces of a key in their order, so its calls go one after the other. A Turn ends
// with its scope, also when its coroutine is cancelled. One executor; Turns outlives its Turns.
#include "common/base/time.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>

namespace vault::exchange::kraken {

class Turns {
  public:
    class Turn {
      public:
        explicit Turn(Turns& turns) : turns_(turns) {}
        ~Turn();
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

        // False: it did not come within `limit`, or the caller was cancelled. Once per Turn.
        boost::asio::awaitable<bool> come(Duration limit);

      private:
        friend class Turns;
        Turns& turns_;
        boost::asio::steady_timer* alarm_ = nullptr;  // of one that waits
        bool has_come_ = false;
    };

    bool idle() const { return !taken_; }

  private:
    void pass_on();
    void forget(Turn* turn);

    bool taken_ = false;
    std::deque<Turn*> waiting_;
};

}  // namespace vault::exchange::kraken
