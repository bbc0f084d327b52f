#pragma once
// Work that another thread does while a coroutine waits for it: done_on() starts it and resumes on
// the coroutine's own executor once it has said that it is done. Any thread may say so, exactly
// once; `start` must not throw.
#include <boost/asio/awaitable.hpp>

#include <functional>

namespace vault::app {

using Done = std::function<void()>;
boost::asio::awaitable<void> done_elsewhere(std::function<void(Done)> start);

}  // namespace vault::app
