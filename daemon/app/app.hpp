#pragma once
// App: the composition root. It builds the parts in order (signer, store, feeds, shard driver,
// control socket), runs them until a signal, drains and takes them apart in reverse. Two threads
// beside the store's: the shard's (money) and the control socket's (this one). Created and run by
// main().
#include "common/base/clock.hpp"
#include "common/base/log.hpp"
#include "daemon/config/config.hpp"

#include <memory>

namespace vault::app {

class App {
  public:
    // `config` has absolute paths. Nothing runs yet when create() returns, but the store is open
    // and the socket bound. Errors: of the part that failed, with what to do.
    static Result<std::unique_ptr<App>> create(const config::Config& config, Clock& clock,
                                               Logger& logger);
    ~App();
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    // Until SIGTERM or SIGINT. Returns the exit code.
    int run();

  private:
    struct Parts;
    explicit App(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// The version that `vaultd --version`, hello and `vaultctl version` show.
inline constexpr const char* kVersion = "0.1.0";

// Makes every relative path of the configuration absolute below `state_dir`.
config::Config with_state_dir(config::Config config, const std::string& state_dir);

}  // namespace vault::app
