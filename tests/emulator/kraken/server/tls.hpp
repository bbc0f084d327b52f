#pragma once
// The server's side of TLS.
#include "common/base/result.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace vault::kraken_emulator {

// Of PEM files. Errors: ConfigInvalid with the file's name.
Result<std::unique_ptr<boost::asio::ssl::context>> server_context(const std::string& certificate,
                                                                  const std::string& key);

}  // namespace vault::kraken_emulator
