// What a cluster, its topics and a group are, with what this user may do to them (KIP-430).
#include "describe.h"

#include <string>
#include <vector>

#include "admin-question.h"

namespace {

using v8::Local;

// What the user may do to something: by names, or not told.
struct Operations {
  bool told = false;
  std::vector<std::string> names;

  Operations() = default;
  Operations(const rd_kafka_AclOperation_t* operations, size_t count) : told(operations != nullptr) {
    for (size_t i = 0; told && i < count; i++) names.emplace_back(rd_kafka_AclOperation_name(operations[i]));
  }

  Local<v8::Value> GiveNames() const {
    if (!told) return Nan::Null();
    return ListOf(names, [](const std::string& name) { return Give(name); });
  }
};

void AskForOperations(rd_kafka_AdminOptions_t* options) {
  // Fails for nothing but a request that has no such option.
  auto* error = rd_kafka_AdminOptions_set_include_authorized_operations(options, 1);
  if (error != nullptr) rd_kafka_error_destroy(error);
}

class DescribeClusterQuestion : public AdminQuestion {
 public:
  DescribeClusterQuestion(Local<v8::Value> client, int timeout_ms, Nan::Callback* callback)
      : AdminQuestion(client, timeout_ms, callback, "tailrace:describe-cluster") {}

 protected:
  void Request(rd_kafka_t* client, rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) override {
    AskForOperations(options);
    rd_kafka_DescribeCluster(client, options, queue);
  }

  rd_kafka_resp_err_t Read(rd_kafka_event_t* event) override {
    const auto* result = rd_kafka_event_DescribeCluster_result(event);
    size_t count = 0;
    const auto* const* nodes = rd_kafka_DescribeCluster_result_nodes(result, &count);
    for (size_t i = 0; i < count; i++) {
      brokers_.push_back({rd_kafka_Node_id(nodes[i]), Text(rd_kafka_Node_host(nodes[i])), rd_kafka_Node_port(nodes[i]),
                          Text(rd_kafka_Node_rack(nodes[i]))});
    }
    id_ = Text(rd_kafka_DescribeCluster_result_cluster_id(result));
    const auto* controller = rd_kafka_DescribeCluster_result_controller(result);
    if (controller != nullptr) controller_ = rd_kafka_Node_id(controller);
    const auto* operations = rd_kafka_DescribeCluster_result_authorized_operations(result, &count);
    operations_ = Operations(operations, count);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  Local<v8::Value> Answer() override {
    auto answer = Nan::New<v8::Object>();
    Set(answer, "id", Give(id_));
    Set(answer, "controller", Give(controller_));
    Set(answer, "brokers", ListOf(brokers_, [](const Broker& one) {
          auto broker = Nan::New<v8::Object>();
          Set(broker, "id", Give(one.id));
          Set(broker, "host", Give(one.host));
          Set(broker, "port", Give(one.port));
          Set(broker, "rack", Give(one.rack));
          return broker;
        }));
    Set(answer, "operations", operations_.GiveNames());
    return answer;
  }

 private:
  struct Broker {
    int32_t id;
    std::string host;
    int32_t port;
    std::string rack;
  };
  std::string id_;
  int32_t controller_ = -1;
  std::vector<Broker> brokers_;
  Operations operations_;
};

class DescribeTopicsQuestion : public AdminQuestion {
 public:
  DescribeTopicsQuestion(Local<v8::Value> client, std::vector<std::string> names, int timeout_ms, Nan::Callback* callback)
      : AdminQuestion(client, timeout_ms, callback, "tailrace:describe-topics"), names_(std::move(names)) {}

 protected:
  void Request(rd_kafka_t* client, rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) override {
    AskForOperations(options);
    std::vector<const char*> names;
    for (const auto& name : names_) names.push_back(name.c_str());
    Owned<rd_kafka_TopicCollection_t, rd_kafka_TopicCollection_destroy> asked(
        rd_kafka_TopicCollection_of_topic_names(names.data(), names.size()));
    rd_kafka_DescribeTopics(client, asked.get(), options, queue);
  }

  rd_kafka_resp_err_t Read(rd_kafka_event_t* event) override {
    size_t count = 0;
    const auto* const* topics =
        rd_kafka_DescribeTopics_result_topics(rd_kafka_event_DescribeTopics_result(event), &count);
    for (size_t i = 0; i < count; i++) topics_.push_back(Topic(topics[i]));
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  Local<v8::Value> Answer() override {
    return ListOf(topics_, [](const Topic& one) { return one.Give(); });
  }

 private:
  struct Partition {
    int32_t partition, leader;
    std::vector<int32_t> replicas, isr;
  };

  struct Topic {
    std::string name, id;
    int32_t code = 0;
    std::vector<Partition> partitions;
    Operations operations;

    explicit Topic(const rd_kafka_TopicDescription_t* told) : name(rd_kafka_TopicDescription_name(told)) {
      const auto* error = rd_kafka_TopicDescription_error(told);
      if (error != nullptr) code = rd_kafka_error_code(error);
      if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return;
      const auto* uuid = rd_kafka_TopicDescription_topic_id(told);
      const bool has_id = uuid != nullptr && (rd_kafka_Uuid_most_significant_bits(uuid) != 0 || rd_kafka_Uuid_least_significant_bits(uuid) != 0);
      if (has_id) id = Text(rd_kafka_Uuid_base64str(uuid));
      size_t count = 0;
      const auto* const* list = rd_kafka_TopicDescription_partitions(told, &count);
      for (size_t i = 0; i < count; i++) partitions.push_back(PartitionOf(list[i]));
      const auto* allowed = rd_kafka_TopicDescription_authorized_operations(told, &count);
      operations = Operations(allowed, count);
    }

    Local<v8::Value> Give() const {
      auto topic = Nan::New<v8::Object>();
      Set(topic, "name", ::Give(name));
      Set(topic, "code", ::Give(code));
      Set(topic, "id", id.empty() ? Local<v8::Value>(Nan::Null()) : ::Give(id));
      Set(topic, "partitions", ListOf(partitions, [](const Partition& one) {
            auto partition = Nan::New<v8::Object>();
            auto number = [](int32_t value) { return ::Give(value); };
            Set(partition, "partition", ::Give(one.partition));
            Set(partition, "leader", ::Give(one.leader));
            Set(partition, "replicas", ListOf(one.replicas, number));
            Set(partition, "isr", ListOf(one.isr, number));
            return partition;
          }));
      Set(topic, "operations", operations.GiveNames());
      return topic;
    }
  };

  static Partition PartitionOf(const rd_kafka_TopicPartitionInfo_t* told) {
    const auto* leader = rd_kafka_TopicPartitionInfo_leader(told);
    Partition partition = {rd_kafka_TopicPartitionInfo_partition(told), leader == nullptr ? -1 : rd_kafka_Node_id(leader), {}, {}};
    size_t count = 0;
    const auto* const* replicas = rd_kafka_TopicPartitionInfo_replicas(told, &count);
    // A replica that is away is none of the brokers that an answer tells of.
    for (size_t i = 0; i < count; i++) partition.replicas.push_back(replicas[i] == nullptr ? -1 : rd_kafka_Node_id(replicas[i]));
    const auto* const* isr = rd_kafka_TopicPartitionInfo_isr(told, &count);
    for (size_t i = 0; i < count; i++) partition.isr.push_back(isr[i] == nullptr ? -1 : rd_kafka_Node_id(isr[i]));
    return partition;
  }

  const std::vector<std::string> names_;
  std::vector<Topic> topics_;
};

class DescribeGroupQuestion : public AdminQuestion {
 public:
  DescribeGroupQuestion(Local<v8::Value> client, std::string group, int timeout_ms, Nan::Callback* callback)
      : AdminQuestion(client, timeout_ms, callback, "tailrace:describe-group"), group_(std::move(group)) {}

 protected:
  void Request(rd_kafka_t* client, rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) override {
    AskForOperations(options);
    const char* group = group_.c_str();
    rd_kafka_DescribeConsumerGroups(client, &group, 1, options, queue);
  }

  rd_kafka_resp_err_t Read(rd_kafka_event_t* event) override {
    size_t count = 0;
    const auto* const* groups =
        rd_kafka_DescribeConsumerGroups_result_groups(rd_kafka_event_DescribeConsumerGroups_result(event), &count);
    if (count == 0) return RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND;
    const auto* group = groups[0];
    const auto code = Fault(rd_kafka_ConsumerGroupDescription_error(group));
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return code;
    state_ = rd_kafka_consumer_group_state_name(rd_kafka_ConsumerGroupDescription_state(group));
    type_ = rd_kafka_consumer_group_type_name(rd_kafka_ConsumerGroupDescription_type(group));
    assignor_ = Text(rd_kafka_ConsumerGroupDescription_partition_assignor(group));
    const size_t members = rd_kafka_ConsumerGroupDescription_member_count(group);
    for (size_t i = 0; i < members; i++) members_.push_back(MemberOf(rd_kafka_ConsumerGroupDescription_member(group, i)));
    const auto* operations = rd_kafka_ConsumerGroupDescription_authorized_operations(group, &count);
    operations_ = Operations(operations, count);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  Local<v8::Value> Answer() override {
    auto answer = Nan::New<v8::Object>();
    Set(answer, "state", Give(state_));
    Set(answer, "type", Give(type_));
    Set(answer, "assignor", Give(assignor_));
    Set(answer, "members", ListOf(members_, [](const Member& one) {
          auto member = Nan::New<v8::Object>();
          Set(member, "clientId", Give(one.client_id));
          Set(member, "instanceId", Give(one.instance_id));
          Set(member, "host", Give(one.host));
          Set(member, "partitions", ListOf(one.partitions, [](const Assigned& at) {
                auto partition = Nan::New<v8::Object>();
                Set(partition, "topic", Give(at.topic));
                Set(partition, "partition", Give(at.partition));
                return partition;
              }));
          return member;
        }));
    Set(answer, "operations", operations_.GiveNames());
    return answer;
  }

 private:
  struct Assigned {
    std::string topic;
    int32_t partition;
  };
  struct Member {
    std::string client_id, instance_id, host;
    std::vector<Assigned> partitions;
  };

  static Member MemberOf(const rd_kafka_MemberDescription_t* told) {
    Member member = {Text(rd_kafka_MemberDescription_client_id(told)), Text(rd_kafka_MemberDescription_group_instance_id(told)),
                     Text(rd_kafka_MemberDescription_host(told)), {}};
    const auto* assignment = rd_kafka_MemberDescription_assignment(told);
    const auto* list = assignment == nullptr ? nullptr : rd_kafka_MemberAssignment_partitions(assignment);
    for (int i = 0; list != nullptr && i < list->cnt; i++)
      member.partitions.push_back({Text(list->elems[i].topic), list->elems[i].partition});
    return member;
  }

  const std::string group_;
  std::string state_, type_, assignor_;
  std::vector<Member> members_;
  Operations operations_;
};

NAN_METHOD(DescribeCluster) {
  Nan::AsyncQueueWorker(new DescribeClusterQuestion(info[0], TimeoutOf(info[1]), CallbackOf(info[2])));
}

NAN_METHOD(DescribeTopics) {
  Nan::AsyncQueueWorker(new DescribeTopicsQuestion(info[0], NamesOf(info[1]), TimeoutOf(info[2]), CallbackOf(info[3])));
}

NAN_METHOD(DescribeGroup) {
  Nan::AsyncQueueWorker(new DescribeGroupQuestion(info[0], TextOf(info[1]), TimeoutOf(info[2]), CallbackOf(info[3])));
}

}  // namespace

void InitDescribe(Local<v8::Object> target) {
  Nan::SetMethod(target, "describeCluster", DescribeCluster);
  Nan::SetMethod(target, "describeTopics", DescribeTopics);
  Nan::SetMethod(target, "describeGroup", DescribeGroup);
}
