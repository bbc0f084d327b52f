#pragma once
// The seam between the control room and the daemon's configuration: what is in force and where it
// comes from, and a reload of it. The app room implements it; control thread only. A reload is all
// or nothing: with one fault nothing changes.
#include "common/base/result.hpp"
#include "common/base/time.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace vault::ports {

struct ConfigKey {
    std::string key;
    std::string value;  // in force; never a secret's
    std::string fallback;
    std::string origin;  // "default", "file:12", "environment", "command line"
    std::string where;   // "/etc/vaultd/config.yaml:12", "VAULTD_LOG_LEVEL", "--socket"; or empty
    bool live = false;   // a reload applies it; else it waits for a restart
    std::optional<std::string> pending;  // what it will be after the next start, if that differs
};

enum class ConfigFate : std::uint8_t { Applied, NeedsRestart, Rejected };

struct ConfigChange {
    std::string key;  // empty: a fault of the file as a whole
    ConfigFate fate = ConfigFate::Applied;
    std::string from, to;  // empty when rejected
    std::string where;     // "c.yaml:4:3", "VAULTD_LOG_LEVEL"
    std::string message;   // of a rejection: what is wrong and what to do
};

struct ConfigReload {
    UtcTime at{};
    std::string by;    // "uid:0", "SIGHUP"
    std::string file;  // empty: none
    bool ok = false;   // false: nothing was changed
    bool repeated = false;
    std::vector<ConfigChange> changes;  // empty and ok: nothing differs from what runs
};

struct ConfigView {
    std::string file;  // empty: none, every key started at its default
    std::string state_dir;
    std::vector<ConfigKey> keys;
    std::optional<ConfigReload> last_reload;  // since the start

    std::vector<std::string> pending_keys() const {
        std::vector<std::string> names;
        for (const ConfigKey& key : keys)
            if (key.pending) names.push_back(key.key);
        return names;
    }
};

struct ReloadAsk {
    std::string by;
    std::string idem_key;  // a repeated one gets the first report; empty: none
    bool dry_run = false;
};

class Configuration {
  public:
    virtual ~Configuration() = default;
    // Holds until a reload.
    virtual const ConfigView& show() const = 0;
    // Reads the sources again, compares, and puts into force what can be. Resumes when every part
    // of the daemon works with the new values. Errors: Busy, another reload runs.
    virtual boost::asio::awaitable<Result<ConfigReload>> reload(ReloadAsk ask) = 0;
};

}  // namespace vault::ports
