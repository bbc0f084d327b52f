#pragma once
// The error of a try that the Throttle holds back: RateLimited, with the time to wait in the hint.
// Private to this room. Pure; any thread.
#include "common/base/error.hpp"
#include "common/base/time.hpp"

namespace vault::identity {

// `wait` is rounded up to seconds.
Error too_often(Duration wait);

}  // namespace vault::identity
