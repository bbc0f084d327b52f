#include "daemon/notify/hook.hpp"

#include <boost/asio/use_awaitable.hpp>

namespace vault::notify {

boost::asio::awaitable<Result<void>> Hook::deliver(ports::NotifyTarget target,
                                                   ports::Message message, Duration limit) {
    auto running = runner_.run({std::move(target.command), std::move(message.json), limit});
    co_return co_await std::move(running);
}

}  // namespace vault::notify
