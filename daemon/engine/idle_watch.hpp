#pragma once
// IdleWatch: finds sleeves that are alive but idle: nothing holds them, prices are expected (their
// market is live, or its replay runs), and yet no price has been looked at for a while of the wall
// clock. Each is told once, and once more when that is over. What was told is read off the alerts,
// so a restart neither repeats nor forgets it. Owned by the Shard; its thread.
#include "daemon/engine/recorder.hpp"

namespace vault::engine {

inline constexpr std::string_view kSleeveIdle = "sleeve_idle";
inline constexpr std::string_view kSleeveIdleOver = "sleeve_idle_over";

class IdleWatch {
  public:
    // Looks at all sleeves, if it is time to; 0 watches nothing.
    void look(const World& world, Recorder& recorder, Duration idle_after, SteadyTime steady,
              UtcTime now);

  private:
    struct Watched {
        std::uint32_t looks = 0;  // as counted when it was last seen to move
        SteadyTime since{};
        bool told = false;
    };
    void look_at(const World& world, Recorder& recorder, const Vault& vault, const Sleeve& sleeve,
                 Duration idle_after, SteadyTime steady, UtcTime now);

    std::map<std::pair<VaultId, SleeveKind>, Watched> watched_;
    SteadyTime next_{};
    Duration idle_after_{};  // when it last looked: another one counts at once
};

}  // namespace vault::engine
