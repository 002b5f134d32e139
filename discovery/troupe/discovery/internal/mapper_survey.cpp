#include "troupe/discovery/internal/mapper_survey.hpp"

#include "troupe/epmd/port_mapper_client.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace troupe::discovery::internal {

namespace {

struct round : std::enable_shared_from_this<round> {
  round(boost::asio::io_context& context, survey_options how, std::function<void(survey)> f)
    : io(context), options(how), done(std::move(f)) {}

  void ask_next() {
    if (begun == all.size())
      return;
    auto index = begun++;
    epmd::names(io, all[index].host, options.mapper_port, options.timeout,
                [self = shared_from_this(), index](auto got) {
                  self->all[index].nodes = std::move(got);
                  if (++self->ended == self->all.size())
                    return self->done(std::move(self->all));
                  self->ask_next();
                });
  }

  boost::asio::io_context& io;
  survey_options options;
  std::function<void(survey)> done;
  survey all;
  size_t begun = 0;
  size_t ended = 0;
};

} // namespace

void survey_hosts(boost::asio::io_context& io, std::vector<std::string> hosts,
                  survey_options options, std::function<void(survey)> done) {
  auto x = std::make_shared<round>(io, options, std::move(done));
  for (auto& host : hosts)
    x->all.push_back({std::move(host), error{errc::timeout, {}}});
  if (x->all.empty())
    return boost::asio::post(io, [x] { x->done({}); });
  for (size_t i = 0; i < surveys_max; ++i)
    x->ask_next();
}

std::vector<seed> seeds_of(const surveyed_host& x) {
  std::vector<seed> all;
  if (x.nodes)
    for (auto& node : *x.nodes)
      if (node.port != 0)
        all.push_back({{}, dist::endpoint{x.host, node.port}});
  return all;
}

std::string error_of(const survey& all) {
  auto i = std::ranges::find_if(all, [](auto& x) { return !x.nodes; });
  if (i == all.end())
    return {};
  switch (i->nodes.error().code) {
    case errc::unknown_host: return "the host " + i->host + " has no address";
    case errc::no_port_mapper: return "there is no port mapper on " + i->host;
    case errc::timeout: return "the port mapper of " + i->host + " does not answer";
    default: return "what answers on " + i->host + " is no port mapper";
  }
}

} // namespace troupe::discovery::internal
