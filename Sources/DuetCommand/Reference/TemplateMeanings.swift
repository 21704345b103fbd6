/// What each property of a template does, by section and name. Making the page fails where no reader asks for one of them.
enum TemplateMeanings {
    static let all: [String: String] = [
        "Top/Description": "for people",
        "Top/Parameters": "values given at deployment: `--parameter-override NAME=VALUE`",
        "Top/Mappings": "tables for `Fn::FindInMap`",
        "Top/Conditions": "for `Condition` of a resource and `Fn::If`",
        "Top/Resources": "what is to be there",
        "Top/Outputs": "taken, not computed",
        "Top/Globals": "refused: write the properties at each function",

        "Aliyun::Serverless::Service/DependsOn": "taken; a deployment is one step",
        "Aliyun::Serverless::Service/Properties.Organization":
            "whose service it is; without it, the organisation of the deployment",
        "Aliyun::Serverless::Service/Properties.Description": "for people",
        "Aliyun::Serverless::Service/Properties.InternetAccess": "whether functions reach the outside",
        "Aliyun::Serverless::Service/Properties.LogConfig":
            "`Auto`, or a map with where the functions' output goes",
        "Aliyun::Serverless::Service/Properties.LogConfig.Project": "the project",
        "Aliyun::Serverless::Service/Properties.LogConfig.Logstore": "the logstore in it",
        "Aliyun::Serverless::Service/Properties.LogConfig.EnableRequestMetrics":
            "an entry of times and memory for each invocation",
        "Aliyun::Serverless::Service/Properties.LogConfig.EnableInstanceMetrics": "kept and shown",

        "Aliyun::Serverless::Function/Properties.Runtime":
            "`nodejs20`, `python3`, `custom`, `provided`, …: see [runtimes](../functions.md#runtimes)",
        "Aliyun::Serverless::Function/Properties.Handler": "file and function, `index.handler`",
        "Aliyun::Serverless::Function/Properties.CodeUri": "folder, file or archive, from the template's folder",
        "Aliyun::Serverless::Function/Properties.Timeout": "of one invocation",
        "Aliyun::Serverless::Function/Properties.MemorySize":
            "of all its processes; a multiple of 64 up to 3072, or 4096, 8192, 16384, 32768",
        "Aliyun::Serverless::Function/Properties.Initializer":
            "called once in each instance before the first invocation",
        "Aliyun::Serverless::Function/Properties.InitializationTimeout": "of the initializer",
        "Aliyun::Serverless::Function/Properties.InstanceConcurrency": "invocations at once in one instance",
        "Aliyun::Serverless::Function/Properties.InstanceLifecycleConfig": "calls at turns of an instance's life",
        "Aliyun::Serverless::Function/Properties.InstanceLifecycleConfig.PreFreeze": "before it goes idle",
        "Aliyun::Serverless::Function/Properties.InstanceLifecycleConfig.PreStop": "before it ends",
        "Aliyun::Serverless::Function/Properties.Description": "for people",
        "Aliyun::Serverless::Function/Properties.EnvironmentVariables": "by name",
        "Aliyun::Serverless::Function/Properties.CAPort": "where a custom runtime listens",
        "Aliyun::Serverless::Function/Properties.InstanceType": "kept and shown",
        "Aliyun::Serverless::Function/Properties.AsyncConfiguration": "of asynchronous invocations",
        "Aliyun::Serverless::Function/Properties.AsyncConfiguration.Destination": "what is called with the result",
        "Aliyun::Serverless::Function/Properties.AsyncConfiguration.Destination.OnSuccess":
            "a function, after a success",
        "Aliyun::Serverless::Function/Properties.AsyncConfiguration.Destination.OnFailure":
            "a function, after the last repeat; without one the invocation becomes a dead letter",
        "Aliyun::Serverless::Function/Properties.AsyncConfiguration.MaxAsyncEventAgeInSeconds":
            "after which it is given up",
        "Aliyun::Serverless::Function/Properties.AsyncConfiguration.MaxAsyncRetryAttempts":
            "after a failure of the function",
        "Aliyun::Serverless::Function/Properties.AsyncConfiguration.StatefulInvocation":
            "keeps a record of each invocation",
        "Aliyun::Serverless::Function/Properties.MaximumInstanceCount": "instances at most",
        "Aliyun::Serverless::Function/Properties.Events": "refused: they stand beside `Properties`",
        "Aliyun::Serverless::Function/Events": "what sets the function off, by the trigger's name",

        "Events: HTTP/Properties.Qualifier": "the version or alias; `LATEST` without it",
        "Events: HTTP/Properties.AuthType": "`FUNCTION` takes signed calls only; in small letters, too",
        "Events: HTTP/Properties.Methods": "those that are served, `[GET, POST]`",
        "Events: Timer/Properties.Qualifier": "the version or alias; `LATEST` without it",
        "Events: Timer/Properties.CronExpression": "six fields, in UTC or with `CRON_TZ=…`, or `@every 5m`",
        "Events: Timer/Properties.Payload": "comes with the event",
        "Events: Timer/Properties.Enable": "whether it ticks",
        "Events: Timer/Properties.Misfire":
            "ticks missed while the node was down: the latest, none or all run; `once` without it",
        "Events: Endorsement/Properties.Qualifier": "the version or alias; `LATEST` without it",
        "Events: Endorsement/Properties.Channel": "the channel",
        "Events: Endorsement/Properties.Contract": "the contract",
        "Events: Endorsement/Properties.Functions": "the contract's methods; all without it",
        "Events: Endorsement/Properties.Timeout": "of one answer",
        "Events: Endorsement/Properties.OnError": "what a check that cannot answer means",
        "Events: Endorsement/Properties.TransientValues": "whether transient values are shown, not only their names",
        "Events: Endorsement/Properties.CacheSeconds": "how long a verdict holds for equal questions",
        "Events: Endorsement/Properties.CacheBy": "`ARGUMENTS`, `CREATOR`: what makes questions equal; both without it",

        "Aliyun::Serverless::Log/Properties.Description": "for people",
        "Aliyun::Serverless::Log::Logstore/Properties.TTL": "how long entries are kept; 3650 is for ever",
        "Aliyun::Serverless::Log::Logstore/Properties.ShardCount": "shards to begin with",

        "Aliyun::Serverless::CustomDomain/Properties.DomainName": "the name; without it the resource's",
        "Aliyun::Serverless::CustomDomain/Properties.Protocol": "kept and shown; the listener decides",
        "Aliyun::Serverless::CustomDomain/Properties.RouteConfig": "which path leads where",
        "Aliyun::Serverless::CustomDomain/Properties.RouteConfig.Routes": "by path; `/*` takes everything below",
        "A route of a custom domain/ServiceName": "the service",
        "A route of a custom domain/FunctionName": "the function",
        "A route of a custom domain/Qualifier": "the version or alias",

        "Duet::Ledger::Channel/Properties.Organizations": "its members; refused where they are others",
        "Duet::Ledger::Contract/Properties.Runtime": "linked into the node's program",
        "Duet::Ledger::Contract/Properties.EndorsementPolicy":
            "`AND('Org1MSP.peer','Org2MSP.peer')`; without it a majority",
        "Duet::Ledger::Contract/Properties.CodeUri": "refused: contracts are linked into the node's program",
        "Duet::Ledger::Contract/Properties.Version": "of the definition",
        "Duet::Ledger::Contract/Properties.InitRequired": "whether the first call must be the initialising one",
    ].merging(ledgerEvents.map { ("Events: ContractEvent, Transaction, Block, OrderedBlock/\($0.key)", $0.value) }) {
        $1
    }

    /// A name with `=` behind it has the default.
    private static let ledgerEvents = [
        "Qualifier": "the version or alias", "Qualifier=": "LATEST",
        "InvocationRole": "no effect here",
        "Channel": "the channel",
        "Contract": "name of the contract; `*` stands for anything",
        "Event": "name of the event, likewise",
        "Function": "the method that was called, likewise",
        "Keys": "keys that are written, likewise",
        "Organizations": "MSP ids of creators",
        "Validation": "names of validation codes, or `ANY`", "Validation=": "VALID",
        "Arguments": "a list: for each argument `null` or conditions",
        "Filter": "a pattern on the event's JSON payload",
        "StartingPosition": "`LATEST`, `EARLIEST` or a block's number, for a new trigger",
        "StartingPosition=": "LATEST",
        "BatchSize": "events of one delivery", "BatchSize=": "1",
        "BatchWindow": "how long a batch that is not full waits", "BatchWindow=": "0",
        "OrderBy": "`channel`, `key`, `creator`, `argument:0`, `payload:/member`", "OrderBy=": "channel",
        "Parallel": "deliveries at once, of different keys; 8 with a key",
        "OnFailure": "after the last repeat; with a key `PARK_KEY`", "OnFailure=": "PARK",
        "Retry": "repeats of failed deliveries",
        "Retry.MaximumRetryAttempts": "how many", "Retry.MaximumRetryAttempts=": "8",
        "Retry.MaximumEventAge": "after which it is given up", "Retry.MaximumEventAge=": "-1",
        "Retry.Delay": "doubles each time", "Retry.Delay=": "0.5",
        "Retry.MaximumDelay": "between two repeats", "Retry.MaximumDelay=": "60",
        "BisectBatchOnError": "halve a failing batch before repeats are counted", "BisectBatchOnError=": "false",
        "ReportBatchItemFailures": "the answer may name the events that failed", "ReportBatchItemFailures=": "false",
        "Enable": "false keeps the position and delivers nothing", "Enable=": "true",
        "Sink": "an HTTP address instead of the function",
        "Sink.Url": "the address",
        "Sink.Mode": "one JSON object, or attributes in headers", "Sink.Mode=": "STRUCTURED",
        "Sink.Secret": "signs each delivery",
        "Sink.Timeout": "of one delivery", "Sink.Timeout=": "30",
    ]
}
