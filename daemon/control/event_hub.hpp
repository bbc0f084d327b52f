#pragma once
// EventHub: the newest events, for the sessions that follow them. It gets each event once its batch
// is durable and wakes who listens; it keeps no list of who has read what, so a reader that is slow
// or gone costs nothing. What is older than the ring is read from the store, by a few readers at a
// time, so that a crowd that catches up does not keep others from the store. Owned by the server;
// control thread only; cannot fail.
#include "daemon/ports/rows.hpp"

#include <deque>
#include <set>
#include <string>
#include <vector>

namespace vault::control {

class EventHub {
  public:
    class Listener {
      public:
        virtual void wake() = 0;  // there may be something new; must not call the hub

      protected:
        ~Listener() = default;
    };

    // `last`: the newest event of the store. The ring keeps `most` events, > 0.
    EventHub(std::uint64_t last, std::size_t most) : last_(last), most_(most) {}

    // By seq, each once.
    void publish(ports::EventPage page);
    std::uint64_t last() const { return last_; }
    // The oldest in the ring; last() + 1 if it is empty.
    std::uint64_t first() const { return last_ + 1 - ring_.size(); }
    // first() <= seq <= last().
    const ports::EventRow& event(std::uint64_t seq) const { return at(seq).row; }
    // The event as the JSON that all readers get; drawn once.
    const std::string& text(std::uint64_t seq);

    void add(Listener& listener) { listeners_.insert(&listener); }
    void remove(Listener& listener);

    // False: too many read the store at the moment; the listener is woken when it may ask again.
    bool begin_read(Listener& listener);
    bool begin_read();  // for who asks again by itself
    void end_read();

  private:
    struct Told {
        ports::EventRow row;
        std::string text;  // empty: not drawn yet
    };
    const Told& at(std::uint64_t seq) const;

    std::uint64_t last_;
    std::size_t most_;
    std::deque<Told> ring_;  // dense; the last has seq last_
    ports::UserNames users_;
    std::set<Listener*> listeners_;
    std::size_t reading_ = 0;
    std::deque<Listener*> waiting_;
};

// Ends a read that was begun.
class ReadTurn {
  public:
    explicit ReadTurn(EventHub& hub) : hub_(hub) {}
    ~ReadTurn() { hub_.end_read(); }
    ReadTurn(const ReadTurn&) = delete;
    ReadTurn& operator=(const ReadTurn&) = delete;

  private:
    EventHub& hub_;
};

}  // namespace vault::control
