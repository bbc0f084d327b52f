#pragma once
// ReconnectPace: how long to wait before a lost socket is opened again. Kraken bans an address for
// ten minutes that connects about 150 times within ten: the first tries go out at once, later ones
// after waits that grow, and only a socket that held for a while lets it begin anew. That makes
// fewer than 70 tries in ten minutes, if each good socket dies just after it has held. A value; one
// thread.
#include "common/base/random.hpp"
#include "common/base/time.hpp"

namespace vault::exchange::kraken {

struct ReconnectTimes {
    int at_once = 3;              // so many tries without a wait
    Duration first{1'000};        // the wait after them; each is twice the one before
    Duration most{30'000};        // and at most this
    Duration held_after{60'000};  // a socket that lived so long was good
};

class ReconnectPace {
  public:
    ReconnectPace(ReconnectTimes times, Random random) : times_(times), random_(random) {}

    // The wait before the next try, after a socket that lived for `lived`; zero: none came about.
    // From half of what is due to the whole, so that not all who were cut off come back together.
    Duration after(Duration lived);

  private:
    ReconnectTimes times_;
    Random random_;
    int tries_ = 0;  // since the last good socket
};

}  // namespace vault::exchange::kraken
