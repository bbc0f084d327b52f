#pragma once
// TaskGroup: the only place where coroutines are started without being awaited. Its owner spawns
// children, stops them and joins them before it goes; a group that is destroyed with children still
// running is our bug and aborts. A child that is cancelled ends quietly; one that lets any other
// exception out is our bug too, since exceptions stop at the wall of the room whose library throws.
// All calls, and all children, on the one executor (or strand) that was given.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <exception>
#include <list>

namespace vault::runtime {

class TaskGroup {
  public:
    explicit TaskGroup(boost::asio::any_io_executor executor);
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    // Starts the child at the executor's next turn. After stop() a child is dropped unstarted.
    void spawn(boost::asio::awaitable<void> child);
    // Cancels every child: its current or next await throws operation_aborted. Does not wait.
    void stop();
    // Returns when no child is left. Does not stop them. More than one may wait.
    boost::asio::awaitable<void> join();

    bool stopping() const { return stopping_; }
    // Children that have not ended yet.
    std::size_t size() const { return children_.size(); }

  private:
    struct Child {
        boost::asio::cancellation_signal cancel;
        bool started = false;
    };
    using Children = std::list<Child>;
    boost::asio::awaitable<void> run(boost::asio::awaitable<void> child, Children::iterator place);
    void ended(Children::iterator child, std::exception_ptr failure);

    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer empty_;  // never expires; cancelled when the last child ends
    Children children_;
    bool stopping_ = false;
};

}  // namespace vault::runtime
