#pragma once
// HashDesk: the threads on which passwords are hashed, at most two at once (128 MiB), so that
// neither the control thread waits nor a flood of sign-ins takes the machine's memory. Owned by the
// identity service; its calls are made on the control thread and resume there. Errors: Busy when
// too many wait, and what the hasher says.
#include "daemon/identity/password_hash.hpp"
#include "daemon/runtime/worker_pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>

namespace vault::identity {

class HashDesk {
  public:
    // `hasher` is called on the desk's threads and outlives the desk.
    explicit HashDesk(PasswordHasher& hasher, std::size_t at_once = 2,
                      std::size_t most_waiting = 64);

    // The arguments must outlive the call.
    boost::asio::awaitable<Result<bool>> matches(const std::string& stored, const Secret& password);
    boost::asio::awaitable<Result<std::string>> hash(const Secret& password);

    // Those that run count.
    std::size_t waiting() const { return threads_.waiting(); }

  private:
    PasswordHasher& hasher_;
    runtime::WorkerPool threads_;
};

}  // namespace vault::identity
