/// A project that `duet init` starts with.
struct StarterProject {
    let name: String
    let summary: String
    /// Texts by file name; those that begin with `#!` can be run.
    let files: [String: String]
    /// What must be run in the folder before it is deployed; nil if nothing.
    var preparation: String?

    static let all = [httpNode, eventNode, httpPython, timerPython, httpSwift]

    private static let httpNode = StarterProject(
        name: "http-nodejs", summary: "answers HTTP, Node.js",
        files: [
            "template.yml": template(
                function: "hello", handler: "index.handler", runtime: "nodejs20",
                events: httpEvent),
            "index.js": """
            module.exports.handler = function (request, response, context) {
              console.log('asked for ' + request.path)
              response.setStatusCode(200)
              response.setHeader('content-type', 'application/json')
              response.send(JSON.stringify({ hello: request.queries.name || 'world', requestId: context.requestId }))
            }

            """,
        ])

    private static let eventNode = StarterProject(
        name: "event-nodejs", summary: "takes events, Node.js",
        files: [
            "template.yml": template(function: "work", handler: "index.handler", runtime: "nodejs20", events: ""),
            "index.js": """
            exports.handler = async (event, context) => {
              const order = JSON.parse(event.toString() || '{}')
              console.log('order', order.id)
              return { id: order.id, isDone: true }
            }

            """,
        ])

    private static let httpPython = StarterProject(
        name: "http-python", summary: "answers HTTP, Python",
        files: [
            "template.yml": template(
                function: "hello", handler: "index.handler", runtime: "python3",
                events: httpEvent),
            "index.py": """
            import json


            def handler(environ, start_response):
                print("asked for", environ["PATH_INFO"])
                start_response("200 OK", [("Content-Type", "application/json")])
                return [json.dumps({"hello": environ.get("QUERY_STRING") or "world"}).encode()]

            """,
        ])

    private static let timerPython = StarterProject(
        name: "timer-python", summary: "runs by the clock, Python",
        files: [
            "template.yml": template(
                function: "tick", handler: "index.handler", runtime: "python3",
                events: timerEvent),
            "index.py": """
            import json
            import logging


            def handler(event, context):
                tick = json.loads(event)
                logging.getLogger().info("tick of %s", tick["triggerTime"])
                return "done"

            """,
        ])

    static let httpEvent = """
              Events:
                http:
                  Type: HTTP
                  Properties:
                    AuthType: ANONYMOUS
                    Methods: ['GET', 'POST']

        """

    private static let timerEvent = """
              Events:
                every-minute:
                  Type: Timer
                  Properties:
                    CronExpression: '@every 1m'
                    Enable: true
                    Payload: minute

        """

    static func template(
        function: String, handler: String, runtime: String, code: String = "./", events: String
    ) -> String {
        """
        ROSTemplateFormatVersion: '2015-09-01'
        Transform: 'Aliyun::Serverless-2018-04-03'
        Resources:
          demo:
            Type: 'Aliyun::Serverless::Service'
            Properties:
              LogConfig: Auto
            \(function):
              Type: 'Aliyun::Serverless::Function'
              Properties:
                Handler: \(handler)
                Runtime: \(runtime)
                CodeUri: '\(code)'
                Timeout: 10

        """ + events
    }
}
