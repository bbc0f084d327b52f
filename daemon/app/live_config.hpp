#pragma once
// LiveConfig: the configuration in force, and its reload: read all sources again, check, compare,
// then swap what a running daemon can take, or keep everything. What needs a restart is remembered
// as pending. Owned by the App; control thread only. Faults of the sources are a report, not an
// error.
#include "common/base/clock.hpp"
#include "common/base/log.hpp"
#include "daemon/app/notify.hpp"
#include "daemon/config/sources.hpp"
#include "daemon/ports/configuration.hpp"

#include <deque>
#include <functional>

namespace vault::app {

class LiveConfig final : public ports::Configuration {
  public:
    // What the App starts with.
    struct Start {
        std::function<config::Sources()> sources;  // asked again by every reload
        std::string state_dir;                     // relative paths are below it
        std::string file;                          // what `running` was read from; empty: none
        config::Reading running;                   // without faults
    };
    // Puts a configuration in force of which only live keys differ from what runs.
    using Apply = std::function<boost::asio::awaitable<void>(const config::Config&)>;

    LiveConfig(Start start, const SystemdNotify& notify, const Clock& clock, Logger& logger);

    const config::Config& running() const { return running_.config; }
    const ports::ConfigView& show() const override { return view_; }
    boost::asio::awaitable<Result<ports::ConfigReload>> reload(ports::ReloadAsk ask) override;
    Apply apply;  // set before the first reload

  private:
    struct Plan {
        config::Reading wanted;
        config::Config effective;  // what runs, with the live keys of `wanted`
        ports::ConfigReload report;
    };
    ports::ConfigView make_view() const;
    Plan make_plan();
    config::Reading read_again(std::string& file);
    void compare(Plan& plan) const;
    void compare_pairs(Plan& plan) const;
    void adopt(Plan plan);
    void tell(const ports::ConfigReload& report);
    const ports::ConfigReload* first_report(const ports::ReloadAsk& ask) const;

    Start start_;
    const SystemdNotify& notify_;
    const Clock& clock_;
    Logger& logger_;
    config::Reading running_;  // what is in force
    config::Reading wanted_;   // of the last good reading
    std::optional<ports::ConfigReload> last_;
    ports::ConfigView view_;  // of the three above; every status shows a part of it
    std::deque<std::pair<std::string, ports::ConfigReload>> reports_;  // by caller and key
    bool busy_ = false;
};

// Makes every relative path of the configuration absolute below `state_dir`.
config::Config with_state_dir(config::Config config, const std::string& state_dir);

}  // namespace vault::app
