#pragma once
// App: the composition root. It builds the parts in order (signer, store, feeds, shard driver,
// control socket), runs them until a signal, drains and takes them apart in reverse. Two threads
// beside the store's: the shard's (money) and the control socket's (this one). Created and run by
// main().
#include "daemon/app/live_config.hpp"
#include "daemon/runner/runner_start.hpp"

#include <memory>

namespace vault::app {

// Where the daemon finds what runs programs for it.
struct RunnerPlaces {
    runner::RunnerPlace scripts;
    runner::RunnerPlace hooks;
};

class App {
  public:
    // Nothing runs yet when create() returns, but the store is open and the socket bound. Errors:
    // of the part that failed, with what to do.
    static Result<std::unique_ptr<App>> create(LiveConfig::Start start, RunnerPlaces runners,
                                               Clock& clock, StderrLogger& logger);
    ~App();
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    // Until SIGTERM or SIGINT; SIGHUP reloads the configuration. Returns the exit code.
    int run();

  private:
    struct Parts;
    explicit App(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

// The version that `vaultd --version`, hello and `vaultctl version` show.
inline constexpr const char* kVersion = "0.1.0";

}  // namespace vault::app
